/* What trips a reader on the page as it stands: a list of sentences. */
() => {
  const found = [];
  const article = document.querySelector("article") ?? document.body;
  for (const formula of document.querySelectorAll(".math"))
    if (!formula.querySelector("mjx-container"))
      found.push("formula not set: " + formula.textContent.trim());
  for (const bad of document.querySelectorAll("mjx-merror, [data-mjx-error]"))
    found.push("formula with an error: " + (bad.dataset.mjxError ?? bad.textContent));
  // MathJax sets a command that it does not know in red.
  for (const bad of document.querySelectorAll("mjx-container [style*='color: red']"))
    found.push(
      "formula with an unknown command: " +
        bad.closest("mjx-container").querySelector("mjx-assistive-mml")?.textContent,
    );
  const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest("pre, code, script, style, mjx-container")) continue;
    if (/\\\(|\\\[|\$\$|\\begin\{/.test(node.data)) found.push("raw formula: " + node.data.trim());
  }
  const page = document.documentElement;
  const wide = page.scrollWidth - page.clientWidth;
  if (wide > 0) {
    found.push(`page scrolls sideways by ${wide} px`);
    const scrolls = (node) =>
      node &&
      node !== document.body &&
      (getComputedStyle(node).overflowX !== "visible" || scrolls(node.parentElement));
    const culprit = [...article.querySelectorAll("*")].find(
      (node) =>
        node.getBoundingClientRect().right > page.clientWidth + 1 && !scrolls(node.parentElement),
    );
    if (culprit) found.push(`  too wide: <${culprit.localName} class="${culprit.className}">`);
  }
  for (const image of article.querySelectorAll("img"))
    if (!image.complete || !image.naturalWidth) found.push("picture not shown: " + image.src);
  return found.map((text) => text.slice(0, 200));
}
