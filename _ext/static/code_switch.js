"use strict";

/* How much code a page shows: all; the essential, as the authors folded it; or none. The choice holds for
   every page. This runs as soon as the article is read, so that nothing moves once it is seen. */
{
  const CHOICES = ["all", "essential", "none"];
  const page = document.documentElement;
  const folds = [...document.querySelectorAll("article details:has(> .cell_input)")];
  const opened = new Set(folds.filter((fold) => fold.open));

  const show = (choice) => {
    page.dataset.code = choice;
    for (const fold of folds) fold.open = choice === "all" || opened.has(fold);
  };

  /* A fold says how much it holds. */
  for (const fold of folds) {
    const lines = fold.querySelector("pre").textContent.trim().split("\n").length;
    for (const title of fold.querySelectorAll("summary .admonition-title"))
      title.append(` (${lines} ${lines === 1 ? "line" : "lines"})`);
  }

  const dial = (choice) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), {
      type: "radio",
      name: "code",
      value: choice,
      checked: choice === page.dataset.code,
      autocomplete: "off",
    });
    label.append(input, ` ${choice}`);
    return label;
  };

  const chosen = localStorage.getItem("code");
  show(CHOICES.includes(chosen) ? chosen : "essential");
  const fieldset = Object.assign(document.createElement("fieldset"), { className: "code-switch" });
  const legend = Object.assign(document.createElement("legend"), { textContent: "Code shown:" });
  fieldset.append(legend, ...CHOICES.map(dial));
  fieldset.addEventListener("change", ({ target }) => {
    localStorage.setItem("code", target.value);
    show(target.value);
  });
  document.querySelector("article h1").after(fieldset);
}
