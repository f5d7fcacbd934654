"use strict";

/* Axes, curves and contours on a canvas, in the colours of the book's other figures and of the theme. */
{
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = () => document.documentElement.dataset.theme === "dark";

  /* The colours of the theme. */
  const theme = () => ({
    ink: style("--pst-color-text-base"),
    quiet: style("--pst-color-text-muted"),
    grid: style("--pst-color-border"),
    ground: style("--pst-color-background"),
    font: style("--pst-font-family-base") || "sans-serif",
  });

  /* A colour as the page shows it: in dark theme turned over like the pictures, the hue kept. */
  const tone = (hex) => {
    if (!dark()) return hex;
    const [r, g, b] = [1, 3, 5].map((k) => 255 - parseInt(hex.slice(k, k + 2), 16));
    const turned = [
      -0.574 * r + 1.43 * g + 0.144 * b,
      0.426 * r + 0.43 * g + 0.144 * b,
      0.426 * r + 1.43 * g - 0.856 * b,
    ];
    return `rgb(${turned.map((v) => Math.round(Math.min(255, Math.max(0, v)))).join(" ")})`;
  };

  const DASHES = { "-": [], "--": [7, 4], ":": [2, 3] };

  const superscript = (k) =>
    (k < 0 ? "⁻" : "") + [...String(Math.abs(k))].map((digit) => SUPERSCRIPTS[digit]).join("");

  /* Where an axis has its marks, and what is written there. */
  const ticks = ({ scale, ...ends }, room) => {
    const found = [];
    const [low, high] = [Math.min(ends.low, ends.high), Math.max(ends.low, ends.high)];
    if (scale === "log") {
      const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
      const every = Math.ceil((last - first + 1) / Math.max(2, room));
      for (let k = first; k <= last; k += 1)
        if (k % every === 0)
          found.push([10 ** k, Math.abs(k) <= 2 ? String(Number(`1e${k}`)) : `10${superscript(k)}`]);
      return found;
    }
    const rough = (high - low) / Math.max(2, room);
    const size = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * size).find((s) => s >= rough);
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1)
      found.push([k * step, String(Number((k * step).toPrecision(12))).replace("-", "−")]);
    return found;
  };

  const onto = ({ scale, low, high }, from, to) => {
    const [a, b] = scale === "log" ? [Math.log(low), Math.log(high)] : [low, high];
    const at = scale === "log" ? Math.log : (v) => v;
    const back = scale === "log" ? Math.exp : (v) => v;
    return {
      pixel: (value) => from + ((at(value) - a) / (b - a)) * (to - from),
      value: (pixel) => back(a + ((pixel - from) / (to - from)) * (b - a)),
    };
  };

  /* One panel: a canvas in an element whose size the style sheet decides. */
  class Plot {
    constructor(parent, label) {
      this.element = document.createElement("div");
      this.element.className = "live-panel";
      this.canvas = document.createElement("canvas");
      this.canvas.setAttribute("role", "img");
      this.canvas.setAttribute("aria-label", label);
      this.element.append(this.canvas);
      parent.append(this.element);
      this.kept = {};
    }

    /* Empty the panel and draw its axes. */
    begin(x, y) {
      const ratio = window.devicePixelRatio || 1;
      const { clientWidth: width, clientHeight: height } = this.element;
      const { canvas } = this;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
      }
      this.theme = theme();
      this.axes = { x, y };
      this.box = { left: 60, right: width - 16, top: 10, bottom: height - 42 };
      this.x = onto(x, this.box.left, this.box.right);
      this.y = onto(y, this.box.bottom, this.box.top);
      this.pen = canvas.getContext("2d");
      this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.pen.clearRect(0, 0, width, height);
      this.drawAxes();
    }

    drawAxes() {
      const { pen, box, theme: colors } = this;
      const { x, y } = this.axes;
      pen.font = `13px ${colors.font}`;
      pen.lineWidth = 1;
      const across = ticks(x, (box.right - box.left) / 62);
      const upward = ticks(y, (box.bottom - box.top) / 34);
      pen.strokeStyle = colors.grid;
      pen.globalAlpha = 0.55;
      for (const [value] of across)
        this.segment(this.x.pixel(value), box.top, this.x.pixel(value), box.bottom);
      for (const [value] of upward)
        this.segment(box.left, this.y.pixel(value), box.right, this.y.pixel(value));
      pen.globalAlpha = 1;
      pen.strokeStyle = colors.quiet;
      this.segment(box.left, box.bottom, box.right, box.bottom);
      this.segment(box.left, box.top, box.left, box.bottom);
      pen.fillStyle = colors.ink;
      pen.textAlign = "center";
      pen.textBaseline = "top";
      for (const [value, text] of across) pen.fillText(text, this.x.pixel(value), box.bottom + 5);
      pen.fillText(x.label, (box.left + box.right) / 2, box.bottom + 24);
      pen.textAlign = "right";
      pen.textBaseline = "middle";
      for (const [value, text] of upward) pen.fillText(text, box.left - 6, this.y.pixel(value));
      pen.save();
      pen.translate(11, (box.top + box.bottom) / 2);
      pen.rotate(-Math.PI / 2);
      pen.textAlign = "center";
      pen.fillText(y.label, 0, 0);
      pen.restore();
    }

    segment(x0, y0, x1, y1) {
      this.pen.beginPath();
      this.pen.moveTo(x0, y0);
      this.pen.lineTo(x1, y1);
      this.pen.stroke();
    }

    /* Draw with nothing outside the axes. */
    inside(draw) {
      const { pen, box } = this;
      pen.save();
      pen.beginPath();
      pen.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
      pen.clip();
      draw(pen);
      pen.restore();
    }

    /* A curve; it is broken where there is no value. */
    line(xs, ys, { color, dash = "-", width = 1.9 }) {
      this.inside((pen) => {
        pen.strokeStyle = tone(color);
        pen.lineWidth = width;
        pen.lineJoin = "round";
        pen.setLineDash(DASHES[dash] ?? []);
        pen.beginPath();
        let on = false;
        for (let k = 0; k < xs.length; k += 1) {
          const [px, py] = [this.x.pixel(xs[k]), this.y.pixel(ys[k])];
          if (Number.isFinite(px) && Number.isFinite(py)) {
            if (on) pen.lineTo(px, py);
            else pen.moveTo(px, py);
            on = true;
          } else on = false;
        }
        pen.stroke();
      });
    }

    dot(x, y, color, radius = 3.5) {
      this.inside((pen) => {
        pen.fillStyle = color.startsWith("#") ? tone(color) : color;
        pen.beginPath();
        pen.arc(this.x.pixel(x), this.y.pixel(y), radius, 0, 2 * Math.PI);
        pen.fill();
      });
    }

    /* Separate points, smaller where there is little room. */
    dots(xs, ys, color) {
      const radius = Math.min(3.5, (0.4 * (this.box.right - this.box.left)) / xs.length);
      xs.forEach((x, k) => Number.isFinite(ys[k]) && this.dot(x, ys[k], color, radius));
    }

    star(x, y) {
      const [px, py] = [this.x.pixel(x), this.y.pixel(y)];
      this.inside((pen) => {
        pen.fillStyle = this.theme.ink;
        pen.beginPath();
        for (let k = 0; k < 10; k += 1) {
          const [angle, radius] = [(k * Math.PI) / 5, k % 2 ? 2.6 : 6.5];
          pen.lineTo(px + radius * Math.sin(angle), py - radius * Math.cos(angle));
        }
        pen.fill();
      });
    }

    /* Something that takes long to draw and changes seldom: kept as a picture while its key is the same. */
    still(key, draw) {
      const { box, canvas, kept } = this;
      const ratio = window.devicePixelRatio || 1;
      const size = [box.right - box.left, box.bottom - box.top].map((v) =>
        Math.max(1, Math.round(v * ratio)),
      );
      const whole = [key, ...size, dark(), canvas.width].join();
      if (kept.key !== whole) {
        kept.key = whole;
        kept.picture = document.createElement("canvas");
        [kept.picture.width, kept.picture.height] = size;
        draw(kept.picture.getContext("2d"), ...size);
      }
      this.pen.drawImage(kept.picture, box.left, box.top, box.right - box.left, box.bottom - box.top);
    }
  }

  Object.assign(optlib, { Plot, tone, dashes: DASHES });
}
