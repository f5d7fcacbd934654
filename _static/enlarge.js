"use strict";

/* On a telephone a figure is half as wide as it was drawn, and so are its letters: a button shows it at its own
   size, in a window that scrolls. */
window.addEventListener("load", () => {
  const shown = document.createElement("dialog");
  shown.className = "enlarged";
  shown.innerHTML = `<form method="dialog"><button>Close</button></form><div tabindex="0"></div>`;
  const place = shown.querySelector("div");

  // The theme keeps this key from the browser.
  shown.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") shown.close();
  });

  const enlarge = (image) => {
    const copy = image.cloneNode();
    copy.removeAttribute("style");
    place.replaceChildren(copy);
    place.setAttribute("aria-label", "The figure, enlarged");
    place.setAttribute("role", "group");
    shown.showModal();
  };

  for (const image of document.querySelectorAll("article figure img")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "enlarge";
    button.textContent = "Enlarge";
    button.addEventListener("click", () => enlarge(image));
    image.closest("figure").querySelector("figcaption")?.before(button);
  }
  document.querySelector("article")?.append(shown);
});
