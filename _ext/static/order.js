"use strict";

/* Lines that are put in order: by two buttons at each line, or with the arrow keys on either of them. */
{
  const WAYS = { up: -1, down: 1 };

  const made = (tag, facts) => Object.assign(document.createElement(tag), facts);

  /* How many lines stand right, from the top: each after all that it needs. */
  const standing = (lines, needs) => {
    const early = lines.findIndex((line, k) => needs[line].some((other) => lines.indexOf(other) > k));
    return early < 0 ? lines.length : early;
  };

  optlib.answering("order", ({ form, field, question, forget }) => {
    const list = form.querySelector(".answer-lines");
    const said = made("p", { className: "visually-hidden" });
    said.setAttribute("aria-live", "polite");
    field.prepend(said);

    const lines = [...list.children].map((item, index) => {
      item.append(made("span", { className: "answer-moves" }));
      return { item, index };
    });
    const now = () => [...list.children].map((item) => lines.find((line) => line.item === item));

    const mark = (count) =>
      now().forEach(({ item }, k) => {
        item.classList.toggle("stands", k < count);
        item.classList.toggle("stands-not", k === count);
      });

    /* Each button is named by the place where its line stands. */
    const name = () =>
      now().forEach(({ buttons }, k, all) => {
        for (const [way, step] of Object.entries(WAYS)) {
          buttons[way].setAttribute("aria-label", `Move line ${k + 1} ${way}`);
          buttons[way].disabled = !(k + step in all);
        }
      });

    const move = (line, way) => {
      const order = now();
      const from = order.indexOf(line);
      const other = order[from + WAYS[way]];
      if (!other) return;
      if (way === "up") other.item.before(line.item);
      else other.item.after(line.item);
      forget();
      mark();
      name();
      const { [way]: pressed, ...rest } = line.buttons;
      (pressed.disabled ? Object.values(rest)[0] : pressed).focus();
      said.textContent = `Line ${from + 1} is now line ${from + WAYS[way] + 1}.`;
    };

    for (const line of lines) {
      line.buttons = {
        up: optlib.button("↑", () => move(line, "up")),
        down: optlib.button("↓", () => move(line, "down")),
      };
      for (const button of Object.values(line.buttons))
        button.addEventListener("keydown", (event) => {
          const pressed = { ArrowUp: "up", ArrowDown: "down" }[event.key];
          if (!pressed) return;
          event.preventDefault();
          move(line, pressed);
        });
      line.item.lastElementChild.append(...Object.values(line.buttons));
    }
    name();

    return () => {
      const count = standing(now().map(({ index }) => index), question.needs);
      mark(count);
      return { verdict: count === lines.length ? "right" : "wrong", told: [question.told[count]] };
    };
  });
}
