"use strict";

/* Optimizers on a problem: their runs, and the kind "race" of the live figures. */
{
  const FLOOR = 1e-16;
  const SECONDS = 4;
  const STEP = 0.02;

  const length = (v) => Math.hypot(...v);
  const finite = (v) => v.every(Number.isFinite);

  /* A rule bound to its numbers: from gradient and point to the displacement of each step. */
  const bound = ({ rule, lr, hyper = {}, schedule, numbers = {} }, problem, start) => {
    const printed = optlib.rules[rule];
    const whole = printed.scope !== "element";
    const fresh = (x) => printed.start.map((s) => (s === "x" ? x : s));
    const rate = schedule ? (t) => optlib.schedules[schedule].value(t, { peak: lr, ...numbers }) : () => lr;
    const settings = { ...hyper };
    let states = whole ? fresh(start) : start.map(fresh);

    return (t, g, x) => {
      const now = rate(t);
      settings.lr = now;
      const factors = printed.factors(t, settings);
      const hess = printed.inputs.includes("hess") ? problem.hess(x) : [];
      if (printed.inputs.includes("loss")) settings.loss = Array(x.length).fill(problem.value(x, t));
      let u;
      if (whole) [u, ...states] = printed.step(factors, g, x, states, settings);
      else
        u = g.map((gk, k) => {
          if (hess.length) settings.hess = hess[k];
          const [uk, ...state] = printed.step(factors, gk, x[k], states[k], settings);
          states[k] = state;
          return uk;
        });
      return printed.lr ? u : u.map((uk) => now * uk);
    };
  };

  /* Walk from a start and tell of each step: the point after it, that before it, and the gradient there.
     A run that leaves the finite numbers ends at its last point. */
  const walk = (problem, entry, start, steps, visit) => {
    const step = bound(entry, problem, start);
    let x = start;
    for (let t = 1; t <= steps; t += 1) {
      const g = problem.grad(x, t);
      const d = step(t, g, x);
      let next = x.map((xk, k) => xk - d[k]);
      if (problem.project) next = problem.project(next);
      if (!finite(next) || !finite(g)) return x;
      visit?.(next, x, g);
      x = next;
    }
    return x;
  };

  /* One run: its points, the values there, and the length of each step over that of the gradient. */
  const run = (problem, entry, start, steps) => {
    const found = { x: [start], f: [problem.value(start)], rate: [] };
    walk(problem, entry, start, steps, (next, x, g) => {
      found.x.push(next);
      found.f.push(problem.value(next));
      found.rate.push(length(next.map((v, k) => v - x[k])) / length(g));
    });
    return found;
  };

  /* The value at the end of a run. */
  const last = (problem, entry, start, steps) => problem.value(walk(problem, entry, start, steps));

  /* An entry with its numbers in the place of the dials that give them. */
  const resolved = (entry, dials) => {
    const number = (setting) => (typeof setting === "string" ? dials[setting] : setting);
    const hyper = Object.fromEntries(Object.entries(entry.hyper).map(([k, v]) => [k, number(v)]));
    return { ...entry, lr: number(entry.lr), hyper };
  };

  const decade = (value, round) => 10 ** round(Math.log10(value));

  /* An axis in powers of ten that holds all of these numbers. */
  const logarithmic = (label, all) => {
    const values = all.flat().filter((v) => v > FLOOR && Number.isFinite(v));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (!values.length) return { label, scale: "log", low: 0.1, high: 1 };
    const top = decade(high, Math.ceil);
    return { label, scale: "log", low: Math.min(decade(low, Math.floor), top / 10), high: top };
  };

  /* The start, taken by the mouse, a finger or the arrow keys. */
  class Handle {
    constructor(plot, moved) {
      this.plot = plot;
      this.moved = moved;
      this.button = optlib.button("", () => {});
      this.button.className = "live-start";
      this.button.addEventListener("pointerdown", (event) => this.grasp(event));
      this.button.addEventListener("pointermove", (event) => this.drag(event));
      this.button.addEventListener("keydown", (event) => this.key(event));
      plot.element.append(this.button);
    }

    place([x, y], words) {
      this.at = [x, y];
      this.button.style.left = `${this.plot.x.pixel(x)}px`;
      this.button.style.top = `${this.plot.y.pixel(y)}px`;
      this.button.setAttribute("aria-label", words);
    }

    grasp(event) {
      this.button.setPointerCapture(event.pointerId);
      event.preventDefault();
      this.button.focus({ focusVisible: false });
    }

    drag(event) {
      if (!this.button.hasPointerCapture(event.pointerId)) return;
      const frame = this.plot.canvas.getBoundingClientRect();
      this.go(this.plot.x.value(event.clientX - frame.left), this.plot.y.value(event.clientY - frame.top));
    }

    key(event) {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const { x, y } = this.plot.axes;
      this.go(this.at[0] + way[0] * STEP * (x.high - x.low), this.at[1] + way[1] * STEP * (y.high - y.low));
    }

    go(x, y) {
      const held = ({ low, high }, v) => Number(Math.min(high, Math.max(low, v)).toPrecision(4));
      this.moved([held(this.plot.axes.x, x), held(this.plot.axes.y, y)]);
    }
  }

  /* The three panels of a race: paths, losses, effective rates. */
  class Panels {
    constructor(view, alt, moved, rates = true) {
      this.path = new optlib.Plot(view, alt);
      this.path.element.classList.add("live-path");
      this.loss = new optlib.Plot(view, "The loss of each optimizer, against the step.");
      if (rates) this.rate = new optlib.Plot(view, "The effective rate of each optimizer, against the step.");
      this.handle = new Handle(this.path, ([x, y]) => moved(this.plane ? [x, y] : [y]));
    }

    /* Draw runs up to a step; looks holds the colour and the dash of each. */
    draw(problem, runs, looks, steps, upto = steps) {
      this.plane = problem.window !== null;
      const at = Array.from({ length: steps + 1 }, (_, k) => k);
      const along = { label: "step t", scale: "linear", low: 0, high: steps };
      const axis = (label, [low, high]) => ({ label, scale: "linear", low, high });
      const { path, loss, rate } = this;
      if (this.plane) path.begin(axis("x₁", problem.window[0]), axis("x₂", problem.window[1]));
      else path.begin(along, axis("x", [-1.1, 1.1]));
      if (this.plane) optlib.contours(path, problem);
      runs.forEach(({ x }, k) => {
        const seen = x.slice(0, upto + 1);
        const ys = seen.map((point) => point.at(-1));
        const xs = this.plane ? seen.map(([first]) => first) : at;
        path.line(xs.slice(0, ys.length), ys, looks[k]);
        path.dot(xs[ys.length - 1], ys.at(-1), looks[k].color, 4.5);
      });
      const start = runs[0].x[0];
      const words = `Start: ${start.map((v) => v.toPrecision(3)).join(", ")}. Arrow keys move it.`;
      this.handle.place(this.plane ? start : [0, start[0]], words);

      const lowest = problem.minima.length ? Math.min(...problem.minima.map((m) => problem.value(m))) : 0;
      const losses = runs.map(({ f }) => f.map((v) => (v - lowest > FLOOR ? v - lowest : NaN)));
      loss.begin(along, logarithmic(lowest ? "loss − its minimum" : "loss", losses));
      losses.forEach((ys, k) => loss.line(at, ys.slice(0, upto + 1), looks[k]));
      if (!rate) return;
      const rates = runs.map((one) => one.rate);
      rate.begin(along, logarithmic("|step| / |gradient|", rates));
      rates.forEach((ys, k) => rate.line(at.slice(1), ys.slice(0, upto), looks[k]));
    }
  }

  /* A button that lets the runs go from their start; at once where motion is not wanted. */
  const starter = (steps, show) => {
    let frame;
    return optlib.button("Race", () => {
      cancelAnimationFrame(frame);
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return show(steps());
      const begin = performance.now();
      const go = (now) => {
        // The time of a frame may be that of its beginning, before the click.
        const part = Math.max(0, now - begin) / 1000 / SECONDS;
        const upto = Math.min(steps(), Math.round(part * steps()));
        show(upto);
        if (upto < steps()) frame = requestAnimationFrame(go);
      };
      frame = requestAnimationFrame(go);
    });
  };

  class Race {
    constructor(view, spec, changed) {
      this.spec = spec;
      this.start = spec.start;
      const alt = spec.map ? "The path of the run that is chosen on the map, from its start." : spec.alt;
      const moved = (start) => {
        this.start = start;
        changed();
      };
      if (spec.map) this.map = new optlib.Map(view, spec, changed);
      this.panels = new Panels(view, alt, moved, !spec.map);
      this.buttons = [
        starter(
          () => spec.steps,
          (upto) => this.show(upto),
        ),
      ];
    }

    /* The problem: one of the page's, or one that the dials shape. */
    problem(dials) {
      return this.spec.at ? this.spec.at(dials) : optlib.problems[this.spec.problem];
    }

    data(dials) {
      const { entries, steps } = this.spec;
      const problem = this.problem(dials);
      return {
        entries: entries.map((entry) => run(problem, resolved(entry, dials), this.start, steps)),
      };
    }

    draw(dials) {
      this.runs = this.data(dials).entries;
      this.drawn = this.problem(dials);
      this.map?.draw(dials, this.start);
      this.show(this.spec.steps);
    }

    show(upto) {
      this.panels.draw(this.drawn, this.runs, this.spec.entries, this.spec.steps, upto);
    }

    get moved() {
      return String(this.start) === String(this.spec.start) ? {} : { start: this.start.join(",") };
    }

    restore({ start = "" }) {
      const given = start.split(",").map(Number);
      const fits = start && given.length === this.spec.start.length && finite(given);
      this.start = fits ? given : this.spec.start;
    }

    get legend() {
      return this.spec.entries;
    }
  }

  optlib.kinds.race = Race;
  Object.assign(optlib, { run, last, resolved, Panels, starter });
}
