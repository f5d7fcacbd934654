"use strict";

/* The questions of a page: what those of every kind have in common. A kind adds how its answer is read. */
{
  const ATTEMPTS = 2;
  const WORDS = { right: "✓ Right.", degenerate: "✓ Right, but for a special case.", wrong: "✗ Not yet.", unread: "?" };

  const prepare = (form, begin) => {
    const question = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
    const field = form.querySelector(".answer-field");
    const status = field.querySelector("[role=status]");
    const solution = form.querySelector(".answer-solution");
    let attempts = 0;

    const forget = () => {
      delete status.dataset.verdict;
      status.replaceChildren();
    };
    const judge = begin({ form, field, question, forget });

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { verdict, told } = judge();
      if (verdict !== "unread") attempts += 1;
      status.dataset.verdict = verdict;
      status.replaceChildren(`${WORDS[verdict]} `, ...told);
      const done = verdict === "right" || verdict === "degenerate";
      if (solution) solution.hidden = attempts < ATTEMPTS && !done;
      form.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { verdict, attempts } }));
    });

    // It opens after an attempt or two; on paper and without scripts it is a fold like another.
    if (solution) solution.hidden = true;
    field.hidden = false;
  };

  /* Let the questions of a kind be answered. `begin({form, field, question, forget})` gives a function that
     judges, {verdict, told}; `forget` takes the last judgement away, for when the answer changes. */
  optlib.answering = (kind, begin) => {
    for (const form of document.querySelectorAll(`form.answer[data-kind="${kind}"]`)) prepare(form, begin);
  };
}
