"use strict";

/* A quiz: what a reader says of a claim is met with the verdict of the ledger. A round is a few claims, and the
   next one begins where it ended. */
{
  const WORDS = { holds: "it holds", wrong: "it is wrong", depends: "it depends" };

  const prepare = (section) => {
    const claims = [...section.querySelectorAll(".recall-claim")];
    const count = claims.filter((claim) => !claim.hidden).length;
    const score = section.querySelector(".recall-score [role=status]");
    const another = section.querySelector(".recall-score button");
    let { rounds } = optlib.progress.of("quiz") ?? { rounds: 0 };

    const parts = (claim) => ({
      buttons: [...claim.querySelectorAll(".recall-choice button")],
      status: claim.querySelector("[role=status]"),
      told: claim.querySelector(".recall-told"),
    });

    const cover = (claim) => {
      const { buttons, status, told } = parts(claim);
      delete claim.dataset.said;
      status.textContent = "";
      told.hidden = true;
      told.open = false;
      for (const button of buttons) {
        button.disabled = false;
        button.setAttribute("aria-pressed", "false");
      }
    };

    const start = () => {
      claims.forEach(cover);
      const places = Array.from({ length: count }, (_, k) => (rounds * count + k) % claims.length);
      claims.forEach((claim, k) => (claim.hidden = !places.includes(k)));
      score.textContent = "";
      another.hidden = true;
    };

    const finish = () => {
      const shown = claims.filter((claim) => !claim.hidden);
      if (!shown.every((claim) => claim.dataset.said)) return;
      const right = shown.filter((claim) => claim.dataset.said === "right").length;
      rounds += 1;
      optlib.progress.keep("quiz", { done: right, of: count, rounds });
      score.textContent = `${right} of ${count} right.`;
      another.hidden = false;
    };

    const judge = (claim, button) => {
      const { buttons, status, told } = parts(claim);
      const { answer } = claim.dataset;
      claim.dataset.said = button.value === answer ? "right" : "wrong";
      status.textContent = button.value === answer ? `✓ Yes, ${WORDS[answer]}.` : `✗ No, ${WORDS[answer]}.`;
      told.hidden = false;
      told.open = true;
      button.setAttribute("aria-pressed", "true");
      for (const other of buttons) other.disabled = other !== button;
      finish();
    };

    section.addEventListener("click", ({ target }) => {
      const button = target.closest(".recall-choice button");
      const claim = button?.closest(".recall-claim");
      if (claim && !claim.dataset.said) judge(claim, button);
    });
    another.addEventListener("click", () => {
      start();
      section.querySelector(".recall-claim:not([hidden]) button").focus();
    });

    const last = optlib.progress.of("quiz");
    for (const choice of section.querySelectorAll(".recall-choice")) choice.hidden = false;
    start();
    if (last) score.textContent = `Last time ${last.done} of ${last.of} were right.`;
  };

  document.querySelectorAll("section.recall").forEach(prepare);
}
