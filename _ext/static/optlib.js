"use strict";

/* What the pages of the book share. The rules, schedules and problems are printed from the Python code
   into rules.js; here is only what calls them. */
window.optlib = {
  rules: {},
  schedules: {},
  problems: {},

  /* A printed rule as one function; its facts stay on it. */
  rule: (printed) =>
    Object.assign(
      (t, g, x, state, hyper = {}) =>
        printed.step(printed.factors(t, hyper), g, x, state, hyper),
      printed,
    ),
};
