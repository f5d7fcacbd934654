"use strict";

/* Answers that are chosen: the chosen one is met with its explanation. */
optlib.answering("choice", ({ form, question, forget }) => {
  const buttons = [...form.querySelectorAll("input[type=radio]")];
  const says = form.querySelectorAll(".answer-says");
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("change", forget);
  }

  return () => {
    const chosen = buttons.findIndex((button) => button.checked);
    if (chosen < 0) return { verdict: "unread", told: ["Choose one first."] };
    const verdict = chosen === question.right ? "right" : "wrong";
    return { verdict, told: says[chosen].cloneNode(true).childNodes };
  };
});
