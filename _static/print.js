"use strict";

/* On paper nothing can be moved sideways, and the ground is white: before printing, formulas wider than the
   sheet are made smaller, and the page takes its light theme. Afterwards all is as it was. */
{
  // Between the margins of a sheet of A4; see print.css.
  const SHEET = 660;
  const INDENTED = "li, dd, .admonition, .exercise";
  const INDENT = 60;
  let undo = [];

  const fit = (formula) => {
    const { width } = formula.firstElementChild.getBoundingClientRect();
    const room = formula.closest(INDENTED) ? SHEET - INDENT : SHEET;
    if (width <= room) return;
    const before = formula.style.fontSize;
    const size = parseFloat(getComputedStyle(formula).fontSize);
    formula.style.fontSize = `${(size * room) / width}px`;
    undo.push(() => (formula.style.fontSize = before));
  };

  window.addEventListener("beforeprint", () => {
    const page = document.documentElement;
    const { theme } = page.dataset;
    page.dataset.theme = "light";
    undo = [() => (page.dataset.theme = theme)];
    document.querySelectorAll('article mjx-container[display="true"]').forEach(fit);
  });
  window.addEventListener("afterprint", () => {
    for (const back of undo) back();
  });
}
