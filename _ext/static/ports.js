"use strict";

/* From one library to another. What is stored says where each argument of a port comes from; how far the two
   are apart at the reader's numbers is found by running both rules, as printed from the code. */
{
  const LIBRARIES = { torch: "PyTorch", optax: "Optax", keras: "Keras", transformers: "Transformers" };
  const MODULES = {
    torch: "torch.optim",
    optax: "optax",
    keras: "keras.optimizers",
    transformers: "transformers.optimization",
  };
  const ON = ["weight_decay", "momentum"];
  const SAME = 1e-9;
  const RATES = ["lr", "learning_rate"];
  const { start, gradients, programs, entries } = optlib.ports;

  /* A form of a value: a number, the name of an argument, or a minus and the name. */
  const evaluate = (form, values) => {
    if (typeof form !== "string") return form;
    return form.startsWith("-") ? -values[form.slice(1)] : values[form];
  };

  const map = (object, change) => Object.fromEntries(Object.entries(object).map(([k, v]) => [k, change(v)]));

  /* Where eight entries end after the shared gradients. */
  const ends = (model, values) => {
    const rule = optlib.rule(programs[model.program]);
    const hyper = map(model.hyper, (form) => evaluate(form, values));
    return start.map((origin, k) => {
      let x = origin;
      let state = rule.start.map((s) => (s === "x" ? x : s));
      gradients.forEach((g, t) => {
        const [u, ...next] = rule(t + 1, g[k], x, state, hyper);
        x -= rule.lr ? u : hyper.lr * u;
        state = next;
      });
      return x;
    });
  };

  const apart = (ours, theirs) => {
    const each = start.map((x, k) => {
      const gone = Math.max(Math.abs(ours[k] - x), Math.abs(theirs[k] - x), 1e-300);
      return Math.abs(ours[k] - theirs[k]) / gone;
    });
    return each.every(Number.isFinite) ? Math.max(...each) : Infinity;
  };

  /* The epsilon of the target that comes nearest, to two digits: a grid, then a section of it. */
  const nearest = (distance, epsilon) => {
    const digits = (exponent) => Number((10 ** exponent).toPrecision(2));
    const at = (exponent) => distance(digits(exponent));
    const grid = [0.5, 1, 2].flatMap((f) => [-1, 0, 1].map((k) => f * Math.log10(epsilon) + k));
    const low = grid.reduce((best, k) => (at(k) < at(best) ? k : best));
    let [left, right] = [low - 1, low + 1];
    for (let k = 0; k < 9; k += 1) {
      const [first, second] = [left + 0.382 * (right - left), left + 0.618 * (right - left)];
      if (at(first) < at(second)) right = second;
      else left = first;
    }
    const found = [epsilon, digits(low), digits((left + right) / 2)];
    return found.reduce((best, v) => (distance(v) < distance(best) ? v : best));
  };

  /* The arguments of the target, and how far it is from the source; null where that cannot be run here. */
  const carry = (variant, port, values) => {
    const given = map(port.arguments, (form) => form?.near ?? evaluate(form, values) ?? form);
    if (!variant.model || !port.model) return { given, copied: null, distance: null };
    const ours = ends(variant.model, values);
    const distance = (changed) => apart(ours, ends(port.model, { ...given, ...changed }));
    const free = Object.keys(port.arguments).find((k) => port.arguments[k]?.near !== undefined);
    const epsilon = values[Object.keys(values).find((k) => k.startsWith("eps"))];
    const copied = distance(free ? { [free]: epsilon } : {});
    if (free && epsilon > 0) given[free] = nearest((v) => distance({ [free]: v }), epsilon);
    return { given, copied, distance: distance({}) };
  };

  const python = (value) => {
    if (typeof value === "boolean") return value ? "True" : "False";
    return typeof value === "string" && !value.startsWith("<") ? `"${value}"` : String(value);
  };

  /* The call with what differs from the library's defaults, and the rate. */
  const call = (library, port, given) => {
    const { defaults } = entries[library][port.name];
    const whole = {};
    for (const [key, value] of Object.entries({ ...given, ...port.switches })) {
      const [name, place] = key.split(".");
      if (place === undefined) whole[name] = value;
      else (whole[name] ??= [...defaults[name]])[place] = value;
    }
    const same = (name) =>
      JSON.stringify(whole[name]) === JSON.stringify(defaults[name]) ||
      (whole[name] === 0 && !defaults[name]);
    const shown = Object.keys(whole).filter((k) => RATES.includes(k) || !same(k));
    shown.sort((a, b) => RATES.includes(b) - RATES.includes(a));
    const text = (v) => (Array.isArray(v) ? `(${v.map(python).join(", ")})` : python(v));
    const parts = shown.map((k) => `${k}=${text(whole[k])}`);
    if (library === "torch" || library === "transformers") parts.unshift("params");
    const module = port.call.startsWith("optax.contrib") ? "optax.contrib" : MODULES[library];
    return `${module}.${port.name}(${parts.join(", ")})`;
  };

  const percent = (distance) => `${Number((100 * distance).toPrecision(2))} %`;

  const headline = (port, { copied, distance }, standard) => {
    if (!port.name) return "No port.";
    if (distance === Infinity) return "At these numbers the two cannot be run.";
    if (port.exact && !(distance > SAME)) return "An exact port: it follows to rounding.";
    if (distance !== null) {
      const before = copied > 1.01 * distance ? `; with the same numbers it would be ${percent(copied)}` : "";
      return `Near, not the same: ${percent(distance)} are left at your numbers${before}.`;
    }
    if (port.distance < SAME) return "The same for long, but not exact.";
    const where = standard ? "" : " at the default numbers; at yours, optlib.port tells";
    return `Near, not the same: ${percent(port.distance)} are left${where}.`;
  };

  const told = (port, values) => {
    const kept = port.words.filter((s) => !/^It (comes near|follows \S+ \S+ to rounding)/.test(s));
    const rules = kept.filter((s) => !/^\S+ is \S+ in \w+ \S+ and /.test(s));
    const said = (s) => s.replace(/\{([\w.]+)\}/g, (_, key) => String(values[key]));
    return [...(port.around ?? []), ...rules].map(said);
  };

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  const prepare = (form) => {
    const [from, name, to] = ["from", "name", "to"].map((k) => form.elements.namedItem(k));
    const fields = form.querySelector(".port-arguments");
    const status = form.querySelector("[role=status]");

    const fill = (select, options, wanted) => {
      select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
      if (options.some(([value]) => value === wanted)) select.value = wanted;
    };
    const entry = () => entries[from.value][name.value];

    /* What the reader may set: every number of any variant, and the switches. */
    const standard = () => {
      const { variants, defaults } = entry();
      const numbers = Object.assign({}, ...variants.toReversed().map((v) => v.numbers));
      for (const key of ON) if (key in defaults) numbers[key] = defaults[key] ?? 0;
      return { ...numbers, ...variants[0].arguments };
    };

    const inOrder = (values) =>
      Object.entries(values).sort(([a], [b]) => RATES.includes(b) - RATES.includes(a));

    const showFields = (given = {}) => {
      const values = standard();
      fields.replaceChildren(
        ...inOrder(values).map(([key, value]) => {
          const now = given[key] ?? value;
          const input = element("input", { name: `argument-${key}`, autocomplete: "off" });
          const own =
            typeof value === "boolean"
              ? { type: "checkbox", checked: String(now) === "true" }
              : { type: "text", inputMode: "decimal", value: String(now) };
          Object.assign(input, own);
          const label = key.replace(/\.(\d)$/, "[$1]");
          return element("label", {}, element("code", { textContent: label }), input);
        }),
      );
    };

    const values = () =>
      Object.fromEntries(
        [...fields.querySelectorAll("input")].map((input) => [
          input.name.replace("argument-", ""),
          input.type === "checkbox" ? input.checked : input.value.trim() === "" ? NaN : Number(input.value),
        ]),
      );

    const chosen = (now) =>
      entry().variants.find(
        (v) =>
          Object.entries(v.arguments).every(([k, on]) => now[k] === on) &&
          ON.every((k) => !(k in now) || v.on.includes(k) === (now[k] !== 0)),
      );

    const show = () => {
      const now = values();
      const wrong = Object.keys(now).filter((k) => Number.isNaN(now[k]));
      const usual = standard();
      const changed = Object.keys(now).filter((k) => now[k] !== usual[k]);
      history.replaceState(null, "", `#${new URLSearchParams([
        ["from", from.value], ["name", name.value], ["to", to.value], ...changed.map((k) => [k, now[k]]),
      ])}`);
      const variant = chosen(now);
      status.replaceChildren();
      delete status.dataset.exact;
      if (wrong.length || !variant) {
        const why = wrong.length
          ? `${wrong.join(", ")} must be a number.`
          : `${LIBRARIES[from.value]} refuses this combination, or it is not stored here: ask optlib.port.`;
        status.append(element("p", { textContent: why }));
        return;
      }
      const port = variant.ports[to.value];
      const carried = port.name ? carry(variant, port, now) : { given: {}, copied: null, distance: null };
      status.dataset.exact = port.exact && !(carried.distance > SAME);
      status.dataset.distance = carried.distance ?? port.distance;
      if (port.name) {
        const code = element("code", { textContent: call(to.value, port, carried.given) });
        status.append(element("pre", { tabIndex: 0 }, code));
      }
      const said = headline(port, carried, !changed.length);
      status.append(element("p", {}, element("strong", { textContent: said })));
      status.append(element("ul", {}, ...told(port, now).map((s) => element("li", { textContent: s }))));
    };

    const showTargets = (wanted) =>
      fill(to, Object.keys(entry().variants[0].ports).map((k) => [k, LIBRARIES[k]]), wanted ?? to.value);
    const showNames = (wanted) => fill(name, Object.keys(entries[from.value]).map((k) => [k, k]), wanted);

    const hash = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    fill(from, Object.entries(LIBRARIES), hash.from ?? "keras");
    showNames(hash.name ?? "Adam");
    showTargets(hash.to ?? "torch");
    showFields(hash);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      if (event.target === from) showNames(name.value);
      if (event.target === from || event.target === name) {
        showTargets();
        showFields();
      }
      show();
    });
    form.hidden = false;
    show();
  };

  document.querySelectorAll("form.port").forEach(prepare);
}
