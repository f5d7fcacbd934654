"use strict";

/* The fields of a page: what is typed is set as a formula at once, and judged when it is sent. */
{
  const ATTEMPTS = 2;
  const WORDS = { right: "✓ Right.", degenerate: "✓ Right, but for a special case.", wrong: "✗ Not yet.", unread: "?" };

  /* Formulas are set one after another: MathJax does not do two at a time. */
  let setting = Promise.resolve();
  const set = (target, tex) => {
    setting = setting
      .then(() => MathJax.startup.promise)
      .then(() => MathJax.tex2chtmlPromise(tex, { display: false }))
      .then((formula) => {
        target.replaceChildren(formula);
        MathJax.startup.document.clear();
        MathJax.startup.document.updateDocument();
      })
      .catch(() => target.replaceChildren());
  };

  const prepare = (form) => {
    const question = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
    const field = form.querySelector(".answer-field");
    const input = field.querySelector("input");
    const preview = field.querySelector(".answer-preview");
    const status = field.querySelector("[role=status]");
    const told = [...form.querySelectorAll(".answer-misconception")];
    const solution = form.querySelector(".answer-solution");
    let attempts = 0;
    let waiting;

    const showTyped = () => {
      const tex = optlib.tex(question, input.value);
      if (tex === null) preview.replaceChildren();
      else set(preview, tex);
    };

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(showTyped, 150);
      delete status.dataset.verdict;
      status.textContent = "";
      for (const said of told) said.hidden = true;
    });

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { verdict, message, misconception } = optlib.judge(question, input.value);
      if (verdict !== "unread") attempts += 1;
      status.dataset.verdict = verdict;
      status.textContent = `${WORDS[verdict]} ${message}`;
      told.forEach((said, k) => (said.hidden = k !== misconception));
      const done = verdict === "right" || verdict === "degenerate";
      if (solution) solution.hidden = attempts < ATTEMPTS && !done;
      form.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { verdict, attempts } }));
    });

    for (const said of told) said.hidden = true;
    // It opens after an attempt or two; on paper and without scripts it is a fold like another.
    if (solution) solution.hidden = true;
    field.hidden = false;
  };

  document.querySelectorAll("form.answer").forEach(prepare);
}
