"use strict";

/* Answers that are typed: set as a formula at once, and judged when they are sent. */
{
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

  optlib.answering("expression", ({ form, field, question, forget }) => {
    const input = field.querySelector("input");
    const preview = field.querySelector(".answer-preview");
    const spoken = [...form.querySelectorAll(".answer-misconception")];
    let waiting;

    const speak = (chosen) => spoken.forEach((said, k) => (said.hidden = k !== chosen));

    const showTyped = () => {
      const tex = optlib.tex(question, input.value);
      if (tex === null) preview.replaceChildren();
      else set(preview, tex);
    };

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(showTyped, 150);
      forget();
      speak();
    });

    speak();
    return () => {
      const { verdict, message, misconception } = optlib.judge(question, input.value);
      speak(misconception);
      return { verdict, told: [message] };
    };
  });
}
