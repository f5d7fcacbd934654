"use strict";

/* A figure that waits until the reader has made a guess, or asks to see it. On paper it is there at once. */
{
  const wait = (form) => {
    const figure = document.getElementById(form.dataset.before).closest("figure");
    const note = document.createElement("p");
    const guess = Object.assign(document.createElement("a"), { href: `#${form.id}`, textContent: "guess first" });
    note.className = "waiting";

    const show = () => {
      figure.classList.remove("to-come");
      note.remove();
    };
    const button = optlib.button("Show the figure", () => {
      show();
      figure.tabIndex = -1;
      figure.focus({ preventScroll: true });
    });
    note.append("A figure waits here: ", guess, ", or ", button);

    /* An address that leads to the figure, or to a state of it, is not led to nothing. */
    const asked = () => {
      const name = location.hash.slice(1);
      if (name === form.dataset.before || name.startsWith(`${figure.dataset.live}.`)) show();
    };

    figure.classList.add("to-come");
    figure.before(note);
    form.addEventListener("answered", ({ detail }) => detail.verdict !== "unread" && show());
    addEventListener("hashchange", asked);
    asked();
  };

  document.querySelectorAll("form[data-before]").forEach(wait);
}
