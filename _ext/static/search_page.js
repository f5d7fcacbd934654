"use strict";

/* Finds sections, terms, claims and names in the index that the build wrote (search_index.js). */
{
  // What a word is worth in the heading and in the text of an entry.
  const WORTH = {
    title: [12, 2],
    section: [8, 2],
    term: [6, 2.5],
    start: [8, 4],
    claim: [8, 1.5],
    api: [2, 1],
  };
  // A word that stands elsewhere on the page.
  const ELSEWHERE = 0.4;
  const PER_PAGE = 3;
  const PAGES = 15;
  const EXCERPT = 220;
  const FILLERS = new Set(
    "a an and are as at be by different do does for from how i if in is it my of on or that the to use what when which why with".split(
      " ",
    ),
  );
  const { pages, synonyms } = window.searchIndex;

  const stem = (word) =>
    word.length > 4 ? word.replace(/(?<![su])s$/, "").replace(/(ing|ed|e)$/, "") : word;

  /* The words of a text, each with the place where it stands. A letter with a hat is two words. */
  const words = (text) =>
    [...text.matchAll(/\d+(?:\.\d+)+|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)].flatMap(({ 0: found, index }) => {
      const plain = found.normalize("NFKD").toLowerCase();
      const letters = plain.replace(/\p{M}/gu, "");
      const meant = Object.hasOwn(synonyms, letters) ? synonyms[letters] : letters;
      const hat = plain.includes("\u0302") ? " hat" : "";
      return (meant + hat).split(" ").map((word) => ({
        word: stem(word),
        from: index,
        to: index + found.length,
      }));
    });
  const list = (text) => words(text.replace(/([a-z])_(\d)/gi, "$1$2")).map(({ word }) => word);

  const build = () =>
    Object.entries(pages).map(([name, [title, ...entries]]) => {
      const count = new Map();
      const parts = entries.map(([kind, anchor, heading, text]) => {
        const [inHeading, inText] = [list(heading), list(text)];
        for (const word of [...inHeading, ...inText]) count.set(word, (count.get(word) ?? 0) + 1);
        return { kind, anchor, heading, text, inHeading: new Set(inHeading), inText: new Set(inText) };
      });
      return { name, title, parts, count };
    });

  let book;
  let frequency;
  const prepare = () => {
    book = build();
    frequency = new Map();
    for (const { parts } of book)
      for (const { inHeading, inText } of parts)
        for (const word of new Set([...inHeading, ...inText]))
          frequency.set(word, (frequency.get(word) ?? 0) + 1);
  };

  /* A word that no page has stands for those that begin with it. */
  const variants = (word) => {
    if (frequency.has(word)) return [word];
    return word.length < 3 ? [] : [...frequency.keys()].filter((known) => known.startsWith(word));
  };

  const read = (query) => {
    const typed = [...new Set(list(query))];
    const telling = typed.filter((word) => !FILLERS.has(word));
    return (telling.length ? telling : typed).map((word) => {
      const known = variants(word);
      const seen = Math.max(1, ...known.map((one) => frequency.get(one)));
      return { known, weight: known.length ? Math.log(1 + 2000 / seen) : 0.5 };
    });
  };

  const has = (where, { known }) => known.some((word) => where.has(word));

  const sum = (wanted, worth = () => 1) =>
    wanted.reduce((total, word) => total + word.weight * worth(word), 0);

  const shows = ({ inHeading, inText }, wanted) =>
    wanted.some((word) => has(inHeading, word) || has(inText, word));

  /* A heading counts by how much of the question it answers, a text by how much its page is about it. */
  const score = (part, page, wanted) => {
    const [heading, text] = WORTH[part.kind];
    const about = ({ known }) =>
      1 + Math.log2(1 + sum(known.map((word) => ({ weight: page.count.get(word) ?? 0 })))) / 8;
    const onPage = wanted.filter((word) => has(page.count, word));
    // The recommendations of a page of tables belong together.
    const here = onPage.filter(
      (word) => part.kind === "start" || has(part.inHeading, word) || has(part.inText, word),
    );
    const around = onPage.filter((word) => !here.includes(word));
    const above = here.filter((word) => has(part.inHeading, word));
    const all = sum(wanted);
    const titled = sum(above) / all;
    const worth = (text * sum(here, about) + ELSEWHERE * sum(around)) / all + (heading - text) * titled ** 2;
    const covered = (sum(here) + sum(around) / 2) / all;
    const exact = above.length === wanted.length ? 1 + above.length / part.inHeading.size : 1;
    return shows(part, wanted) ? worth * covered ** 2 * exact : 0;
  };

  const find = (query) => {
    if (!book) prepare();
    const wanted = read(query);
    if (!wanted.length) return { wanted, found: [] };
    const found = book
      .map((page) => ({
        page,
        parts: page.parts
          .map((part) => ({ part, points: score(part, page, wanted) }))
          .sort((a, b) => b.points - a.points)
          .filter(({ points }, place, [best]) => place < PER_PAGE && points > 0 && points >= best.points / 3),
      }))
      .filter(({ parts }) => parts.length)
      .sort((a, b) => b.parts[0].points - a.parts[0].points)
      .slice(0, PAGES);
    return { wanted, found };
  };

  /* The page */
  const element = (name, settings = {}, ...children) => {
    const made = Object.assign(document.createElement(name), settings);
    made.append(...children);
    return made;
  };

  /* The piece of a text with most of the words that were asked for; under a heading that has them all, its
     beginning. */
  const begin = ({ text, inHeading }, hits, wanted) => {
    if (wanted.every((word) => has(inHeading, word))) return 0;
    const near = ({ from }) =>
      new Set(hits.filter((hit) => hit.from >= from && hit.from < from + EXCERPT).map(({ word }) => word))
        .size;
    const best = hits.reduce((top, hit) => (!top || near(hit) > near(top) ? hit : top), null);
    return best && best.from > 60 ? text.indexOf(" ", best.from - 60) + 1 : 0;
  };

  const excerpt = (part, wanted) => {
    const { text } = part;
    const hits = words(text).filter(({ word }) => wanted.some(({ known }) => known.includes(word)));
    const from = begin(part, hits, wanted);
    const end = text.length > from + EXCERPT ? text.lastIndexOf(" ", from + EXCERPT) : text.length;
    const pieces = [from ? "… " : ""];
    let at = from;
    for (const hit of hits)
      if (hit.from >= at && hit.to <= end) {
        pieces.push(text.slice(at, hit.from), element("mark", { textContent: text.slice(hit.from, hit.to) }));
        at = hit.to;
      }
    pieces.push(text.slice(at, end), end < text.length ? " …" : "");
    return element("p", {}, ...pieces);
  };

  const entry = (name, part, wanted) => {
    const root = document.documentElement.dataset.content_root;
    const href = `${root}${name}.html${part.anchor && `#${part.anchor}`}`;
    const link = element("a", { href, textContent: part.heading });
    return element("div", { className: "search-hit" }, element("h2", {}, link), excerpt(part, wanted));
  };

  const result = ({ page, parts }, wanted) => {
    const titled = parts[0].part.heading === page.title;
    const title = titled ? [] : [element("span", { className: "search-page", textContent: page.title })];
    return element("li", {}, ...title, ...parts.map(({ part }) => entry(page.name, part, wanted)));
  };

  const show = (query) => {
    const results = document.querySelector("#search-found");
    const status = document.querySelector("#search-status");
    const { wanted, found } = find(query);
    results.replaceChildren(...found.map((one) => result(one, wanted)));
    const pagesFound = found.length === 1 ? "one page" : `${found.length} pages`;
    status.textContent = !wanted.length
      ? ""
      : found.length
        ? `Found on ${pagesFound}, best first.`
        : "Nothing found.";
  };

  const field = document.querySelector(".bd-search-container input[type=search]");
  const query = new URLSearchParams(location.search).get("q") ?? "";
  field.value = query;
  field.focus();
  show(query);
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
      show(field.value);
    }, 150);
  });
}
