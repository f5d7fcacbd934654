"use strict";

/* What the reader has done in each chapter, as a table on the front page; nothing where there is nothing yet. */
{
  const PARTS = ["goals", "quiz", "questions"];
  const section = document.querySelector("section.overview");
  const [forget] = section.querySelectorAll("button");
  const status = section.querySelector("[role=status]");
  const kept = optlib.progress.all();

  const count = (part) => (Array.isArray(part.done) ? part.done.length : part.done);

  const fill = (row) => {
    const chapter = row.querySelector("a").pathname.split("/").at(-1).replace(/\.html$/, "");
    const done = PARTS.map((part) => kept[chapter]?.[part]);
    row.hidden = !done.some((part) => part && count(part));
    done.forEach((part, k) => (row.cells[k + 1].textContent = part ? `${count(part)} of ${part.of}` : ""));
    return !row.hidden;
  };

  const rows = [...section.querySelectorAll("tbody tr")];
  section.hidden = !rows.map(fill).some(Boolean);
  forget.addEventListener("click", () => {
    if (!confirm("Forget all ticks, scores and answers on this machine?")) return;
    optlib.progress.forget();
    forget.hidden = true;
    section.querySelector("table").hidden = true;
    status.textContent = "All is forgotten.";
  });
}
