"use strict";

/* What scrolls sideways is reached by the tabulator key, on whatever screen it happens to be too wide, and
   says at which edge it goes on. The theme sees to code alone, and only to what is not folded when the page
   opens. */
const MAY_SCROLL = `article pre, article .math, article mjx-container, article .output.text_html,
  article .pst-scrollable-table-container`;
/* Where no more than an accent is hidden, nothing says that it goes on. */
const STANDS_OUT = 4;
const ALWAYS_REACHED = ".pst-scrollable-table-container";

const sayWhereItGoesOn = (part) => {
  const left = part.scrollLeft > 1 ? "left" : "";
  const right = part.scrollLeft + part.clientWidth < part.scrollWidth - 1 ? "right" : "";
  if (left || right) part.dataset.goesOn = `${left} ${right}`.trim();
  else delete part.dataset.goesOn;
};

const reachWhatScrolls = () => {
  for (const part of document.querySelectorAll(MAY_SCROLL)) {
    const hidden = part.scrollWidth - part.clientWidth;
    const scrolls = hidden > 0 && ["auto", "scroll"].includes(getComputedStyle(part).overflowX);
    if (scrolls) part.tabIndex = 0;
    else if (!part.matches(ALWAYS_REACHED)) part.removeAttribute("tabindex");
    if (scrolls && hidden > STANDS_OUT) sayWhereItGoesOn(part);
    else delete part.dataset.goesOn;
  }
};

/* Every cell has a button that copies its code: two dozen stops on the way through a chapter, for what
   selecting the code does as well. */
const passOverCopyButtons = () => {
  for (const button of document.querySelectorAll("button.copybtn")) button.tabIndex = -1;
};

window.addEventListener("load", async () => {
  passOverCopyButtons();
  await window.MathJax?.startup?.promise;
  reachWhatScrolls();
});
/* Before its font has come, a formula has another width. */
document.fonts.addEventListener("loadingdone", reachWhatScrolls);
window.addEventListener("resize", reachWhatScrolls);
/* A fold shows what had no width before. */
document.addEventListener("toggle", reachWhatScrolls, true);
document.addEventListener("click", (event) => {
  if (event.target.closest(".toggle-button, .admonition-title")) setTimeout(reachWhatScrolls);
});
document.addEventListener(
  "scroll",
  ({ target }) => {
    if (target.matches?.(MAY_SCROLL)) sayWhereItGoesOn(target);
  },
  true,
);
document.addEventListener("change", ({ target }) => {
  if (target.name === "code") setTimeout(reachWhatScrolls);
});
