"use strict";

/* A map over two dials of a race, the second a beta: the last value of its first entry at every pair of stops.
   A click turns the dials. It is computed a little at a time, coarse first, so that the page stays alive. */
{
  const [LOW, HIGH] = [-8, 1];
  const MILLISECONDS = 10;
  // The colours of matplotlib's magma, from dark to bright.
  const MAGMA = [
    "000004",
    "1c1044",
    "4f127b",
    "812581",
    "b5367a",
    "e55064",
    "fb8761",
    "fec287",
    "fcfdbf",
  ].map((hex) => [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16)));

  /* Bright is low, as in the book's pictures of such maps. */
  const colour = (value) => {
    const size = Math.log10(Math.max(value, 10 ** LOW));
    const part = Number.isFinite(size) ? Math.min(1, (HIGH - size) / (HIGH - LOW)) : 0;
    const at = Math.max(0, part) * (MAGMA.length - 1);
    const k = Math.min(MAGMA.length - 2, Math.floor(at));
    return MAGMA[k].map((c, n) => c + (MAGMA[k + 1][n] - c) * (at - k));
  };

  class HeatMap {
    constructor(view, spec, changed) {
      this.spec = spec;
      this.changed = changed;
      const dial = (name) => spec.dials.find((d) => d.name === name);
      [this.across, this.upward] = spec.map.map(dial);
      this.plot = new optlib.Plot(view, spec.alt);
      this.plot.element.classList.add("live-heat");
      for (const kind of ["pointerdown", "pointermove"])
        this.plot.canvas.addEventListener(kind, (event) => (event.buttons & 1 ? this.pick(event) : null));
      this.picture = document.createElement("canvas");
      [this.picture.width, this.picture.height] = [this.across.stops.length, this.upward.stops.length];
    }

    /* The last value at a pair of stops. */
    value(column, row) {
      const { problem, entries, steps } = this.spec;
      const dials = {
        [this.across.name]: this.across.stops[column],
        [this.upward.name]: this.upward.stops[row],
      };
      return optlib.last(optlib.problems[problem], optlib.resolved(entries[0], dials), this.start, steps);
    }

    /* Compute all cells for a start, in rounds of smaller and smaller squares. */
    compute(start) {
      this.start = start;
      const pen = this.picture.getContext("2d");
      const { width, height } = this.picture;
      const cells = [];
      for (const size of [8, 4, 2, 1])
        for (let row = 0; row < height; row += size)
          for (let column = 0; column < width; column += size)
            if (size === 8 || row % (2 * size) || column % (2 * size)) cells.push([column, row, size]);
      cells.reverse();
      this.work = cells;
      const go = () => {
        if (this.work !== cells) return;
        const end = performance.now() + MILLISECONDS;
        while (cells.length && performance.now() < end) {
          const [column, row, size] = cells.pop();
          pen.fillStyle = `rgb(${colour(this.value(column, row)).map(Math.round).join(" ")})`;
          pen.fillRect(column, row, size, size);
        }
        this.paint();
        if (cells.length) setTimeout(go);
      };
      go();
    }

    draw(dials, start) {
      this.dials = dials;
      if (String(start) !== String(this.start)) this.compute(start);
      else this.paint();
    }

    paint() {
      const axis = (label, { stops }) => ({ label, scale: "log", low: stops[0], high: stops.at(-1) });
      const gaps = { stops: this.upward.stops.map((stop) => 1 - stop) };
      const { plot } = this;
      plot.begin(axis(this.across.label, this.across), axis(`1 − ${this.upward.label}`, gaps));
      const { left, right, top, bottom } = plot.box;
      plot.pen.imageSmoothingEnabled = false;
      plot.pen.save();
      plot.pen.translate(0, top + bottom);
      plot.pen.scale(1, -1);
      plot.pen.drawImage(this.picture, left, top, right - left, bottom - top);
      plot.pen.restore();
      const px = plot.x.pixel(this.dials[this.across.name]);
      const py = plot.y.pixel(1 - this.dials[this.upward.name]);
      for (const [color, width] of [
        ["#000", 5],
        ["#fff", 2.5],
      ]) {
        plot.pen.strokeStyle = color;
        plot.pen.lineWidth = width;
        plot.pen.beginPath();
        plot.pen.arc(px, py, 7, 0, 2 * Math.PI);
        plot.pen.stroke();
      }
      this.key(left + 8, top + 8);
    }

    /* What the colours mean, over a corner of the map. */
    key(x, y) {
      const { pen } = this.plot;
      const width = 156;
      pen.fillStyle = "rgb(0 0 0 / 75%)";
      pen.fillRect(x, y, width, 46);
      const bar = pen.createLinearGradient(x + 8, 0, x + width - 8, 0);
      MAGMA.forEach((rgb, k) => bar.addColorStop(k / (MAGMA.length - 1), `rgb(${rgb.join(" ")})`));
      pen.fillStyle = bar;
      pen.fillRect(x + 8, y + 20, width - 16, 8);
      pen.strokeStyle = "#fff";
      pen.lineWidth = 0.5;
      pen.strokeRect(x + 8, y + 20, width - 16, 8);
      pen.fillStyle = "#fff";
      pen.textBaseline = "middle";
      pen.textAlign = "left";
      pen.fillText(`loss after ${this.spec.steps} steps`, x + 8, y + 11);
      pen.fillText("10", x + 8, y + 37);
      pen.textAlign = "right";
      pen.fillText("10⁻⁸ or less", x + width - 8, y + 37);
    }

    pick(event) {
      const frame = this.plot.canvas.getBoundingClientRect();
      this.changed({
        [this.across.name]: this.plot.x.value(event.clientX - frame.left),
        [this.upward.name]: 1 - this.plot.y.value(event.clientY - frame.top),
      });
    }
  }

  optlib.Map = HeatMap;
}
