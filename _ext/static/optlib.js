"use strict";

/* What the pages of the book share. The rules, schedules and problems are printed from the Python code
   into rules.js; here is only what calls them. */
window.optlib = {
  rules: {},
  schedules: {},
  problems: {},

  button: (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.addEventListener("click", act);
    return made;
  },

  /* A printed rule as one function; its facts stay on it. */
  rule: (printed) =>
    Object.assign(
      (t, g, x, state, hyper = {}) => printed.step(printed.factors(t, hyper), g, x, state, hyper),
      printed,
    ),

  /* A problem whose loss changes with the step; without a step it is the mean over a period. */
  cycle: (printed) => {
    const now = (t) => (t ? printed.order[(t - 1) % printed.order.length] : 0);
    return {
      ...printed,
      value: (x, t) => printed.values[now(t)](x),
      grad: (x, t) => printed.grads[now(t)](x),
    };
  },
};
