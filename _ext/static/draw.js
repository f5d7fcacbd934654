"use strict";

/* Curves that the reader draws before seeing them: marks on the empty axes of a figure, each a slider that is
   moved up and down. Then the figure's first curve is drawn over them, and the distance told. */
{
  const STOPS = 200;
  // As large as the style sheet makes the mark: its middle stops half of this before the slider's end.
  const MARK = 20;

  // The ink of the book's figures.
  const OWN = "#222222";

  const text = (value) => String(Number(value.toPrecision(3))).replace("-", "−");

  /* How far the marks are off on average, and the place where they are farthest off. */
  const distance = ({ scale }, marks, truth) => {
    const log = scale === "log";
    const off = marks.map((y, k) => (log ? Math.abs(Math.log(y / truth[k])) : Math.abs(y - truth[k])));
    const mean = off.reduce((sum, each) => sum + each, 0) / off.length;
    const words = log ? `by a factor of ${text(Math.exp(mean))}` : `by ${text(mean)}`;
    return { words, farthest: off.indexOf(Math.max(...off)) };
  };

  class Drawing {
    constructor(form) {
      this.form = form;
      this.spec = optlib.figures[form.dataset.draw];
      this.at = JSON.parse(form.dataset.at);
      this.known = false;
      const field = form.querySelector(".draw-field");
      this.plot = new optlib.Plot(field.querySelector(".draw-view"), "Empty axes, with a mark to be moved at each place.");
      this.marks = this.at.map((x) => this.mark(x));
      field.hidden = false;
      this.later = optlib.whenever(this.plot.element, () => this.draw());
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.show();
      });
    }

    mark(x) {
      const made = Object.assign(document.createElement("input"), { type: "range", max: STOPS, value: STOPS / 2 });
      made.setAttribute("orient", "vertical");
      made.setAttribute("aria-label", `${this.spec.y.label} at ${this.spec.x.label} = ${x}`);
      made.addEventListener("input", () => this.later());
      this.plot.element.append(made);
      return made;
    }

    /* The heights of the marks, on the axis. */
    get heights() {
      const { low, high, scale } = this.spec.y;
      return this.marks.map(({ value }) => {
        const part = value / STOPS;
        return scale === "log" ? low * (high / low) ** part : low + (high - low) * part;
      });
    }

    curve(points) {
      const dials = Object.fromEntries(this.spec.dials.map(({ name, start }) => [name, start]));
      return points.map((x) => this.spec.values(x, dials)[0]);
    }

    draw() {
      const { plot, spec, at, heights } = this;
      plot.begin(spec.x, spec.y);
      plot.line(at, heights, { color: OWN, dash: "--" });
      if (this.known) plot.line(spec.points, this.curve(spec.points), { color: spec.curves[0].color });
      this.marks.forEach((mark, k) => {
        mark.style.left = `${plot.x.pixel(at[k])}px`;
        mark.style.top = `${plot.box.top - MARK / 2}px`;
        mark.style.height = `${plot.box.bottom - plot.box.top + MARK}px`;
        mark.setAttribute("aria-valuetext", text(heights[k]));
      });
    }

    show() {
      const { form, spec, at, heights } = this;
      const truth = this.curve(at);
      const { words, farthest } = distance(spec.y, heights, truth);
      const place = `${spec.x.label} = ${at[farthest]}`;
      this.known = true;
      this.draw();
      form.querySelector("[role=status]").textContent =
        `On average your marks are off ${words}. Farthest off is the one at ${place}: ` +
        `you said ${text(heights[farthest])}, it is ${text(truth[farthest])}.`;
      form.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { verdict: "shown" } }));
    }
  }

  document.querySelectorAll("form.draw").forEach((form) => new Drawing(form));
}
