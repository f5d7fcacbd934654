"use strict";

/* What a reader has done, chapter by chapter: goals ticked, questions answered right, and the last quiz. It is
   kept by the browser, under one key, and goes nowhere else. */
{
  const KEY = "progress";

  const all = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      // Not what this page wrote.
      return {};
    }
  };

  const here = DOCUMENTATION_OPTIONS.pagename.split("/").at(-1);

  optlib.progress = {
    all,
    of: (part) => all()[here]?.[part],
    keep: (part, value) => {
      const kept = all();
      kept[here] = { ...kept[here], [part]: value };
      localStorage.setItem(KEY, JSON.stringify(kept));
    },
    forget: () => localStorage.removeItem(KEY),
  };

  /* A goal is known by its text, so that another one in its place is not ticked. */
  const prepareGoals = (boxes) => {
    const ticked = optlib.progress.of("goals")?.done ?? [];
    for (const box of boxes) {
      box.checked = ticked.includes(box.value);
      box.hidden = false;
      box.addEventListener("change", () => {
        const done = boxes.filter((b) => b.checked).map((b) => b.value);
        optlib.progress.keep("goals", { done, of: boxes.length });
      });
    }
  };

  /* Lines of a derivation are no questions of their own. */
  const prepareQuestions = (forms) => {
    const known = new Set(optlib.progress.of("questions")?.done);
    for (const form of forms.filter((f) => known.has(f.dataset.question))) {
      const note = document.createElement("p");
      note.className = "answered-before";
      note.textContent = "✓ You have answered this one.";
      form.append(note);
    }
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const form = target.closest("form.answer");
        if (!forms.includes(form) || !["right", "degenerate"].includes(target.dataset.verdict)) continue;
        const before = optlib.progress.of("questions")?.done ?? [];
        const done = forms
          .map((f) => f.dataset.question)
          .filter((name) => before.includes(name) || name === form.dataset.question);
        optlib.progress.keep("questions", { done, of: forms.length });
      }
    });
    for (const form of forms) observer.observe(form, { subtree: true, attributeFilter: ["data-verdict"] });
  };

  prepareGoals([...document.querySelectorAll("input.goal")]);
  prepareQuestions([...document.querySelectorAll("form.answer")].filter((form) => !form.closest(".steps")));
}
