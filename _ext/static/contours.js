"use strict";

/* The level lines of a problem of the plane, over a shadow that is darker where the value is higher. */
{
  const GRID = 160;
  const LEVELS = 14;

  /* The roots of the values above the lowest, on a grid over the window of the axes. */
  const heightsOf = (problem, { x, y }, columns, rows) => {
    const at = (k, count, a, b) => a + ((b - a) * k) / (count - 1);
    const values = Array.from({ length: rows }, (_, j) =>
      Array.from({ length: columns }, (__, k) =>
        problem.value([at(k, columns, x.low, x.high), at(j, rows, y.high, y.low)]),
      ),
    );
    const known = problem.minima.map((m) => problem.value(m));
    const lowest = Math.min(...(known.length ? known : values.flat()));
    return values.map((row) => row.map((f) => Math.sqrt(Math.max(f - lowest, 0))));
  };

  /* Heights as a shadow of the ink, the darker the higher. */
  const shade = (pen, heights, highest, ink) => {
    const [rows, columns] = [heights.length, heights[0].length];
    const small = document.createElement("canvas");
    [small.width, small.height] = [columns, rows];
    const brush = small.getContext("2d");
    brush.fillStyle = ink;
    brush.fillRect(0, 0, columns, rows);
    const picture = brush.getImageData(0, 0, columns, rows);
    heights.flat().forEach((h, k) => (picture.data[4 * k + 3] = 255 * 0.2 * (h / highest)));
    brush.putImageData(picture, 0, 0);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(small, 0, 0, pen.canvas.width, pen.canvas.height);
  };

  /* The line on which the heights, linear along the edges of the grid, have one value. */
  const level = (pen, heights, value) => {
    const [rows, columns] = [heights.length, heights[0].length];
    const [dx, dy] = [pen.canvas.width / (columns - 1), pen.canvas.height / (rows - 1)];
    const corner = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    pen.beginPath();
    for (let j = 0; j + 1 < rows; j += 1)
      for (let k = 0; k + 1 < columns; k += 1) {
        const above = [heights[j][k], heights[j][k + 1], heights[j + 1][k + 1], heights[j + 1][k]];
        const over = above.filter((h) => h > value).length;
        if (over === 0 || over === 4) continue;
        let crossed = 0;
        for (let n = 0; n < 4; n += 1) {
          const [a, b] = [above[n] - value, above[(n + 1) % 4] - value];
          if (a > 0 === b > 0) continue;
          const [[ka, ja], [kb, jb]] = [corner[n], corner[(n + 1) % 4]];
          const part = a / (a - b);
          const point = [(k + ka + (kb - ka) * part) * dx, (j + ja + (jb - ja) * part) * dy];
          if (crossed % 2) pen.lineTo(...point);
          else pen.moveTo(...point);
          crossed += 1;
        }
      }
    pen.stroke();
  };

  /* Closer together near the minimum, as in the book's other figures. */
  optlib.contours = (plot, problem) => {
    const { x, y } = plot.axes;
    plot.still([problem.name, x.low, x.high, y.low, y.high], (pen, width, height) => {
      const rows = Math.max(2, Math.round((GRID * height) / width));
      const heights = heightsOf(problem, plot.axes, GRID, rows);
      const highest = Math.max(...heights.map((row) => Math.max(...row)));
      shade(pen, heights, highest, plot.theme.ink);
      pen.strokeStyle = optlib.tone("#9a9a9a");
      pen.lineWidth = 0.6 * (window.devicePixelRatio || 1);
      for (let k = 1; k <= LEVELS; k += 1) level(pen, heights, ((Math.sqrt(highest) * k) / LEVELS) ** 2);
    });
    for (const point of problem.minima) plot.star(...point);
  };
}
