"use strict";

/* An excerpt is taken from the article alone: the toolbar, the contents and the title, which stands
   above it as the link, are no part of the text; code and displayed formulas cannot be read as text. */
const LEFT_OUT = "h1, .cell_input, div.math, .toctree-wrapper";
const plainText = Search.htmlToText;

Search.htmlToText = (html, anchor) => {
  const article = new DOMParser()
    .parseFromString(html, "text/html")
    .querySelector("article.bd-article");
  if (!article) return plainText(html, anchor);
  for (const part of article.querySelectorAll(LEFT_OUT)) part.remove();
  for (const formula of article.querySelectorAll("span.math"))
    formula.textContent = formula.textContent.replace(/^\\\(|\\\)$/g, "");
  return plainText(`<div role="main">${article.innerHTML}</div>`, anchor).trim();
};

/* Sphinx stores the words of a search for whichever page is opened next. Here they are marked on a
   page only if it is opened from the list of results. */
const MARKED = "sphinx_highlight_terms";
const readQuery = Search._parseQuery;

Search._parseQuery = (query) => {
  const parsed = readQuery(query);
  const words = localStorage.getItem(MARKED);
  localStorage.removeItem(MARKED);
  for (const kind of ["click", "auxclick"])
    document.addEventListener(kind, (event) => {
      if (words && event.target.closest("#search-results a")) localStorage.setItem(MARKED, words);
    });
  return parsed;
};
