"use strict";

/* A derivation that opens with its first line. The lines are all on the page; those that are still to come
   are hidden, and shown on paper. */
{
  const prepare = (section) => {
    const lines = [...section.querySelectorAll(":scope > .steps-line")];
    const notes = section.querySelectorAll(":scope > .steps-notes");
    const buttons = section.querySelector(".steps-buttons");
    const [next, attempt, all] = buttons.querySelectorAll("button");
    let shown = 1;

    const question = () => lines[shown]?.nextElementSibling?.closest("form.answer");

    const show = (count) => {
      for (const form of section.querySelectorAll("form.answer")) form.hidden = true;
      shown = Math.min(count, lines.length);
      lines.forEach((line, k) => line.classList.toggle("to-come", k >= shown));
      const done = shown === lines.length;
      for (const note of notes) note.classList.toggle("to-come", !done);
      buttons.hidden = done;
      attempt.hidden = !question();
      if (shown > 1) {
        const last = lines[shown - 1];
        last.tabIndex = -1;
        last.focus({ preventScroll: true });
      }
    };

    next.addEventListener("click", () => show(shown + 1));
    all.addEventListener("click", () => show(lines.length));
    attempt.addEventListener("click", () => {
      question().hidden = false;
      attempt.hidden = true;
      question().querySelector("input").focus();
    });
    section.addEventListener("answered", ({ target, detail }) => {
      if (detail.verdict !== "right" && detail.verdict !== "degenerate") return;
      // The judgement stays in sight: under the line that was found.
      const said = target.querySelector("[role=status]").cloneNode(true);
      show(shown + 1);
      lines[shown - 1].append(said);
    });

    show(1);
  };

  document.querySelectorAll("section.steps").forEach(prepare);
}
