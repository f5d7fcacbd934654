"use strict";

/* A link to a term, a claim or a figure shows what it leads to, when a mouse rests on it or the tabulator
   key reaches it. Escape closes it. What stands on another page is fetched from there when it is asked for. */
{
  const KINDS = ["term", "claim", "fig"];
  const LINKS = KINDS.map((kind) => `article a.reference[href*="#${kind}-"]`).join(", ");
  const DELAY = 250;
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const ledger = new URL("reference/claims.html", root).href;
  const here = location.href.replace(/#.*/, "");
  const pages = new Map([[here, Promise.resolve(document)]]);

  const load = (address) => {
    if (!pages.has(address))
      pages.set(
        address,
        fetch(address)
          .then((answer) => answer.text())
          .then((text) => new DOMParser().parseFromString(text, "text/html")),
      );
    return pages.get(address);
  };

  const paragraph = (...content) => {
    const made = document.createElement("p");
    made.append(...content);
    return made;
  };
  const copies = (node) => [...node.cloneNode(true).childNodes];
  const strong = (text) => Object.assign(document.createElement("strong"), { textContent: text });

  const READ = {
    term: (page, anchor) => {
      const term = page.getElementById(anchor);
      let meaning = term;
      while (meaning && meaning.localName !== "dd") meaning = meaning.nextElementSibling;
      return [paragraph(strong(term.firstChild.textContent.trim())), ...copies(meaning)];
    },
    claim: (page, anchor) => {
      const named = ({ id }) =>
        id.toLowerCase().replaceAll(".", "-") === anchor.toLowerCase().replaceAll(".", "-");
      const [name, ...cells] = [...page.querySelectorAll("tr[id]")].find(named).cells;
      return [paragraph(strong(`Claim ${name.textContent.trim()}`)), ...cells.flatMap(copies)];
    },
    fig: (page, anchor, address) => {
      const figure = page.getElementById(anchor).closest("figure").cloneNode(true);
      const image = figure.querySelector("img");
      image.src = new URL(image.getAttribute("src"), address).href;
      return [image, ...copies(figure.querySelector("figcaption"))];
    },
  };

  const content = async (link) => {
    const [address, anchor] = link.href.split("#").map(decodeURIComponent);
    const kind = anchor.split("-")[0];
    const source = kind === "claim" ? ledger : address;
    const box = Object.assign(document.createElement("div"), { className: "preview", id: "preview" });
    box.setAttribute("role", "tooltip");
    box.append(...READ[kind](await load(source), anchor, source));
    for (const named of box.querySelectorAll("[id]")) named.removeAttribute("id");
    for (const permanent of box.querySelectorAll(".headerlink")) permanent.remove();
    for (const inner of box.querySelectorAll("a")) inner.replaceWith(...inner.childNodes);
    return box;
  };

  const place = (box, link) => {
    const at = link.getClientRects()[0];
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 16);
    const below = at.bottom + box.offsetHeight + 8 < innerHeight || at.top < box.offsetHeight + 8;
    box.style.left = `${Math.max(8, left) + scrollX}px`;
    box.style.top = `${(below ? at.bottom + 6 : at.top - box.offsetHeight - 6) + scrollY}px`;
  };

  let shown;
  let wanted;
  let waiting;

  const close = () => {
    clearTimeout(waiting);
    wanted = undefined;
    if (!shown) return;
    shown.box.remove();
    shown.link.removeAttribute("aria-describedby");
    shown = undefined;
  };

  const open = async (link) => {
    if (shown?.link === link) return;
    close();
    wanted = link;
    // Where a page cannot be fetched, as from a file, the link is a link and no more.
    const box = await content(link).catch(() => undefined);
    if (!box || wanted !== link) return;
    shown = { box, link };
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    place(box, link);
    await window.MathJax?.typesetPromise?.([box]);
    place(box, link);
  };

  const later = (then) => {
    clearTimeout(waiting);
    waiting = setTimeout(then, DELAY);
  };
  const linkOf = ({ target }) => target.closest?.(LINKS);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const link = linkOf(event);
    if (link) later(() => open(link));
    else if (event.target.closest?.(".preview")) clearTimeout(waiting);
    else later(close);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) open(link);
  });
  document.addEventListener("focusout", (event) => {
    if (linkOf(event)) close();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
}
