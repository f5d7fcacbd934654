"use strict";

/* Figures that a reader moves: their dials, their state in the address of the page, and the kind "curves".
   What they show is declared in optlib.book.live and printed into figures.js. */
{
  /* The part of the address that belongs to a figure: #NAME.beta=0.9&NAME.t=12 */
  const address = {
    all: () => new URLSearchParams(location.hash.slice(1)),

    read: (name) => {
      const own = [...address.all()].filter(([key]) => key.startsWith(`${name}.`));
      return Object.fromEntries(own.map(([key, value]) => [key.slice(name.length + 1), value]));
    },

    write: (name, values) => {
      const others = [...address.all()].filter(([key]) => key.includes(".") && !key.startsWith(`${name}.`));
      const own = Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]);
      const text = [...others, ...own].map(([key, value]) => `${key}=${plain(value)}`).join("&");
      history.replaceState(null, "", `${location.pathname}${location.search}${text && "#"}${text}`);
    },
  };

  /* What an address may hold as it is stays legible. */
  const plain = (value) => encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":");

  const shown = (value) => {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e5))
      return value
        .toExponential(2)
        .replace(/\.?0+e/, "e")
        .replace("e+", " · 10^")
        .replace("e", " · 10^");
    return String(Number(value.toPrecision(6))).replace("-", "−");
  };

  /* A number with its power of ten raised. */
  const put = (target, value) => {
    const [digits, power] = shown(value).split("^");
    target.replaceChildren(digits);
    if (power === undefined) return;
    const raised = document.createElement("sup");
    raised.textContent = power.replace("-", "−");
    target.append(raised);
  };

  const nearest = (stops, value) =>
    stops.reduce((best, stop, k) => (Math.abs(stop - value) < Math.abs(stops[best] - value) ? k : best), 0);

  /* The dials of a figure, each a slider over its stops. */
  class Dials {
    constructor(element, declared, changed) {
      this.all = declared.map((dial) => {
        const input = element.querySelector(`input[name="${dial.name}"]`);
        const output = input.parentElement.querySelector("output");
        input.addEventListener("input", () => {
          this.tell();
          changed();
        });
        return { ...dial, input, output };
      });
    }

    /* Name -> value. */
    get values() {
      return Object.fromEntries(this.all.map(({ name, stops, input }) => [name, stops[input.value]]));
    }

    set(values) {
      for (const { name, stops, input } of this.all)
        if (Number.isFinite(Number(values[name] ?? NaN))) input.value = nearest(stops, Number(values[name]));
      this.tell();
    }

    reset() {
      this.set(Object.fromEntries(this.all.map(({ name, start }) => [name, start])));
    }

    /* Those that do not stand where they start. */
    get moved() {
      const moved = this.all.filter(({ name, start }) => this.values[name] !== start);
      return Object.fromEntries(moved.map(({ name }) => [name, this.values[name]]));
    }

    tell() {
      for (const { stops, input, output } of this.all) {
        put(output, stops[input.value]);
        input.setAttribute("aria-valuetext", output.textContent);
      }
    }
  }

  /* What the lines of the panels stand for. */
  const legend = (entries) => {
    const list = document.createElement("ul");
    list.className = "live-legend";
    const SVG = "http://www.w3.org/2000/svg";
    for (const { label, color, dash, dots } of entries) {
      const item = document.createElement("li");
      const sample = document.createElementNS(SVG, "svg");
      sample.setAttribute("viewBox", "0 0 28 8");
      sample.setAttribute("aria-hidden", "true");
      const mark = document.createElementNS(SVG, dots ? "circle" : "path");
      const facts = dots
        ? { cx: 14, cy: 4, r: 3.5, fill: optlib.tone(color) }
        : {
            d: "M0 4H28",
            stroke: optlib.tone(color),
            "stroke-width": 2,
            "stroke-dasharray": optlib.dashes[dash].join(" "),
          };
      for (const [key, value] of Object.entries(facts)) mark.setAttribute(key, value);
      sample.append(mark);
      item.append(sample, label);
      list.append(item);
    }
    return list;
  };

  /* Do something now, and again in another theme. */
  const recoloured = (act) => {
    new MutationObserver(act).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    act();
  };

  /* Redraw when the theme or the size changes, and at most once a frame. */
  const whenever = (element, draw) => {
    let waiting = false;
    const later = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        // On paper and in a fold there is no room to draw in; the size changes when there is.
        if (element.clientWidth > 0) draw();
      });
    };
    new ResizeObserver(later).observe(element);
    recoloured(later);
    return later;
  };

  class Curves {
    constructor(view, spec) {
      this.spec = spec;
      this.plot = new optlib.Plot(view, spec.alt);
      this.read = document.createElement("dl");
      this.read.className = "live-readings";
      this.read.setAttribute("aria-live", "polite");
      for (const label of spec.readings) {
        const [term, number] = ["dt", "dd"].map((tag) => document.createElement(tag));
        term.textContent = label;
        this.read.append(term, number);
      }
      if (spec.readings.length) view.append(this.read);
    }

    data(dials) {
      const { points, curves, values, read } = this.spec;
      const rows = points.map((x) => values(x, dials));
      return { x: points, curves: curves.map((_, k) => rows.map((row) => row[k])), readings: read(dials) };
    }

    draw(dials) {
      const { x, curves, readings } = this.data(dials);
      this.plot.begin(this.spec.x, this.spec.y);
      curves
        .map((ys, k) => [ys, this.spec.curves[k]])
        .reverse()
        .forEach(([ys, look]) => {
          if (look.dots) this.plot.dots(x, ys, look.color);
          else this.plot.line(x, ys, look);
        });
      [...this.read.querySelectorAll("dd")].forEach((number, k) => put(number, readings[k]));
    }

    get legend() {
      return this.spec.curves;
    }
  }

  /* A figure: its dials, what its kind draws, and its part of the address. */
  class Figure {
    constructor(element) {
      this.element = element;
      this.name = element.dataset.live;
      const spec = optlib.figures[this.name];
      const view = element.querySelector(".live-view");
      const panels = document.createElement("div");
      panels.className = `live-panels live-${spec.map ? "map" : spec.kind}`;
      view.hidden = false;
      element.classList.add("live-on");
      this.dials = new Dials(element, spec.dials, () => this.moved());
      this.kind = new optlib.kinds[spec.kind](panels, spec, (values = {}) => {
        this.dials.set(values);
        this.moved();
      });
      const key = document.createElement("div");
      const buttons = document.createElement("div");
      buttons.className = "live-buttons";
      buttons.append(
        ...(this.kind.buttons ?? []),
        optlib.button("Reset", () => this.reset()),
      );
      view.prepend(key, panels);
      view.append(buttons);
      this.later = whenever(panels, () => this.redraw());
      recoloured(() => key.replaceChildren(legend(this.kind.legend)));
      this.stand({});
      this.later();
      this.restore();
      addEventListener("hashchange", () => this.restore());
    }

    data() {
      return this.kind.data(this.dials.values);
    }

    redraw() {
      this.kind.draw(this.dials.values);
    }

    moved() {
      address.write(this.name, { ...this.dials.moved, ...this.kind.moved });
      this.later();
    }

    /* Stand where the address says, and elsewhere at the start. */
    stand(told) {
      this.dials.reset();
      this.dials.set(told);
      this.kind.restore?.(told);
    }

    restore() {
      const told = address.read(this.name);
      if (!Object.keys(told).length) return;
      this.stand(told);
      this.later();
      this.element.scrollIntoView({ block: "center" });
    }

    reset() {
      this.stand({});
      this.moved();
    }
  }

  Object.assign(optlib, { kinds: { curves: Curves }, live: {}, address, legend, whenever, put });
  // The kinds that other scripts add are there when all deferred scripts have run.
  addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("figure.live"))
      optlib.live[element.dataset.live] = new Figure(element);
  });
}
