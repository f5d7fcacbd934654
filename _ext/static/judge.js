"use strict";

/* Reads a reader's expression and compares it with what the code computes, at points chosen when the book
   was built. The right expression itself is not on the page.

   Every value carries a bound of its own rounding error. A point at which that bound is large says
   nothing, so that a form which cancels is judged at other points and not called wrong. */
{
  const ROUNDING = 2 ** -52;
  const RELATIVE = 1e-9;
  const TELLING = 1e-7;
  const OPERATORS = new Set(["add", "subtract", "multiply", "divide", "pow", "unaryMinus", "unaryPlus"]);
  const GREEK = { α: "alpha", β: "beta", γ: "gamma", ε: "eps", ϵ: "eps", λ: "lambda", μ: "mu", π: "pi", ρ: "rho", σ: "sigma", τ: "tau" };
  const SIGNS = { "·": "*", "×": "*", "⋅": "*", "−": "-", "–": "-", "÷": "/", "√": " sqrt", "²": "^2", "³": "^3", "[": "(", "]": ")" };
  const SAME = { epsilon: "eps", b: "beta", b1: "beta1", b2: "beta2", alpha: "lr", lr: "alpha", lambda: "weight_decay", wd: "weight_decay", mu: "momentum", n: "t", T: "t" };

  /* Typed text as mathjs reads it. */
  const plain = (text) =>
    text
      .replace(/[₀-₉]/g, (digit) => String(digit.charCodeAt(0) - 0x2080))
      .replace(/([αβγεϵλμπρστ])([_\d]*)/g, (_, letter, index) => ` ${GREEK[letter]}${index} `)
      .replace(/[·×⋅−–÷√²³[\]]/g, (sign) => SIGNS[sign])
      .replace(/\\(?:left|right)|\\(?=[a-zA-Z])/g, "")
      .replace(/\*\*/g, "^")
      .replace(/\|([^|]+)\|/g, "abs($1)")
      .trim();

  const bare = (name) => name.replaceAll("_", "");

  /* The book's name that a typed name stands for. */
  const known = (typed, names) => {
    const among = (name) => names.find((n) => n === name) ?? names.find((n) => bare(n) === bare(name));
    return among(typed) ?? (SAME[bare(typed)] && among(SAME[bare(typed)])) ?? among(typed.toLowerCase());
  };

  /* A value, with a bound of its rounding error, is [value, bound]. */
  const NONE = [NaN, 0];
  const UNSURE = [NaN, Infinity];

  const smooth = (f, slope) => ([a, ea]) => [f(a), ea * slope(a, f(a)) + ROUNDING * Math.abs(f(a))];
  const largest = (f) => (...all) => [f(...all.map(([a]) => a)), Math.max(...all.map(([, e]) => e))];

  /* A function that has values above zero alone: close to zero rounding decides, below there is none. */
  const above = (f) => ([a, ea]) => {
    if (a > ea) return f([a, ea]);
    return ea === 0 || a < -ea ? NONE : UNSURE;
  };
  const root = above(([a, ea]) => [Math.sqrt(a), ea / (2 * Math.sqrt(a)) + ROUNDING * Math.sqrt(a)]);

  const FUNCTIONS = {
    sqrt: ([a, ea]) => (a === 0 && ea === 0 ? [0, 0] : root([a, ea])),
    exp: smooth(Math.exp, (a, value) => value),
    log: above(smooth(Math.log, (a) => 1 / a)),
    sin: smooth(Math.sin, () => 1),
    cos: smooth(Math.cos, () => 1),
    abs: ([a, ea]) => [Math.abs(a), ea],
    sign: ([a, ea]) => (Math.abs(a) <= ea && ea > 0 ? UNSURE : [Math.sign(a), 0]),
    max: largest(Math.max),
    min: largest(Math.min),
  };
  const OTHER_NAMES = { ln: "log", Abs: "abs", Max: "max", Min: "min" };

  const quotient = ([a, ea], [b, eb]) => {
    if (Math.abs(b) <= eb) return eb === 0 ? NONE : UNSURE;
    return [a / b, (ea + Math.abs(a / b) * eb) / (Math.abs(b) - eb) + ROUNDING * Math.abs(a / b)];
  };

  const power = ([a, ea], [b, eb]) => {
    const whole = eb === 0 && Number.isInteger(b);
    if (Math.abs(a) <= ea) {
      if (ea > 0) return UNSURE;
      return b < 0 ? NONE : [a ** b, 0];
    }
    if (a < 0 && !whole) return eb === 0 ? NONE : UNSURE;
    const change = Math.abs((b * ea) / a) + (eb ? Math.abs(Math.log(Math.abs(a))) * eb : 0);
    return [a ** b, Math.abs(a ** b) * (change + ROUNDING)];
  };

  /* Whole numbers are added and multiplied without rounding. */
  const rounded = (value, ...parts) =>
    parts.every(Number.isInteger) && Number.isSafeInteger(value) ? 0 : ROUNDING * Math.abs(value);

  const COMBINED = {
    add: ([a, ea], [b, eb]) => [a + b, ea + eb + rounded(a + b, a, b)],
    subtract: ([a, ea], [b, eb]) => [a - b, ea + eb + rounded(a - b, a, b)],
    multiply: ([a, ea], [b, eb]) => [
      a * b,
      Math.abs(a) * eb + Math.abs(b) * ea + ea * eb + rounded(a * b, a, b),
    ],
    divide: quotient,
    pow: power,
    unaryMinus: ([a, ea]) => [-a, ea],
    unaryPlus: (a) => a,
  };

  class Unread extends Error {}

  /* The tree of mathjs, checked: only numbers, the question's names, operators and functions. */
  const checked = (node, names) => {
    if (node.type === "ParenthesisNode") return checked(node.content, names);
    if (node.type === "ConstantNode" && typeof node.value === "number")
      return { value: [node.value, Number.isInteger(node.value) ? 0 : ROUNDING * Math.abs(node.value)] };
    if (node.type === "SymbolNode") {
      const name = known(node.name, names);
      if (name !== undefined) return { name };
      if (node.name === "pi") return { value: [Math.PI, ROUNDING * Math.PI] };
      if (node.name === "e") return { value: [Math.E, ROUNDING * Math.E] };
      throw new Unread(`The name ${node.name} does not occur in this question.`);
    }
    if (node.type === "OperatorNode" && OPERATORS.has(node.fn))
      return { apply: COMBINED[node.fn], to: node.args.map((a) => checked(a, names)) };
    if (node.type === "FunctionNode") {
      const name = OTHER_NAMES[node.fn.name] ?? node.fn.name;
      if (Object.hasOwn(FUNCTIONS, name)) {
        const many = name === "max" || name === "min";
        if (many ? !node.args.length : node.args.length !== 1)
          throw new Unread(`${name} takes ${many ? "arguments" : "one argument"}.`);
        return { apply: FUNCTIONS[name], to: node.args.map((a) => checked(a, names)) };
      }
      if (known(name, names)) throw new Unread(`Write ${name} * (...): a name before a bracket reads as a function.`);
      throw new Unread(`The function ${name} is not known here.`);
    }
    throw new Unread("This is not an expression of numbers, names, operators and functions.");
  };

  const read = (text, names) => {
    if (!text.trim()) throw new Unread("Type an expression first.");
    let node;
    try {
      node = mathjs.parse(plain(text));
    } catch {
      throw new Unread("This cannot be read: is a bracket or an operand missing?");
    }
    return { node, tree: checked(node, names) };
  };

  const evaluate = (tree, point) => {
    if (tree.value) return tree.value;
    if (tree.name) return [point[tree.name], 0];
    const parts = tree.to.map((part) => evaluate(part, point));
    const bad = parts.filter(([value]) => !Number.isFinite(value));
    if (bad.length) return bad.find((part) => part === NONE) ?? UNSURE;
    const found = tree.apply(...parts);
    // What is too large for a double is a value all the same.
    return Number.isFinite(found[0]) || found === NONE ? found : UNSURE;
  };

  /* What a value says beside the true one: "same", "other", "none" (no value), or nothing. */
  const beside = ([value, error], truth) => {
    if (!Number.isFinite(value)) return error === 0 ? "none" : null;
    if (Math.abs(value - truth) <= RELATIVE * Math.abs(truth) + 4 * error) {
      const tells = error <= TELLING * Math.abs(truth) || error === 0 || truth === 0;
      return tells ? "same" : null;
    }
    return "other";
  };

  const agrees = (value, other) => ["same", null].includes(beside(value, other));

  const shown = (number, digits) => String(Number(number.toPrecision(digits))).replace("e", " · 10^");

  /* Two numbers with as many digits as tell them apart. */
  const apart = (a, b) => {
    for (let digits = 6; digits < 17; digits += 1)
      if (a.toPrecision(digits) !== b.toPrecision(digits)) return [shown(a, digits), shown(b, digits)];
    return [String(a), String(b)];
  };

  const where = (question, k) => {
    const names = Object.keys(question.names);
    return names.map((name, j) => `${name} = ${shown(question.points[k][j], 6)}`).join(", ");
  };

  /* Of the first kind of points that there are any of, the one that is said in the fewest signs. */
  const shortest = (question, ...kinds) => {
    const kind = kinds.find((marks) => marks.includes(true));
    if (!kind) return -1;
    const marked = kind.flatMap((mark, k) => (mark ? [k] : []));
    const length = (k) => where(question, k).length;
    return marked.reduce((best, k) => (length(k) < length(best) ? k : best));
  };

  const told = (question, k, value) => {
    const truth = question.truth[k];
    const at = question.points[k].length ? `At ${where(question, k)} your expression` : "Your expression";
    if (!Number.isFinite(value)) return `${at} has no finite real value; the true quantity has one.`;
    if (!question.constant) {
      const [yours, right] = apart(value, truth);
      return `${at} gives ${yours}; the true value is ${right}.`;
    }
    const how = value * truth < 0 ? "has the wrong sign" : value > truth ? "is too large" : "is too small";
    return `${at} gives ${shown(value, 6)}, which ${how}.`;
  };

  /* The judgement of a typed answer: {verdict, message, misconception}. */
  optlib.judge = (question, text) => {
    let tree;
    try {
      ({ tree } = read(text, Object.keys(question.names)));
    } catch (problem) {
      if (!(problem instanceof Unread)) throw problem;
      return { verdict: "unread", message: problem.message };
    }
    const names = Object.keys(question.names);
    const points = question.points.map((p) => Object.fromEntries(names.map((n, j) => [n, p[j]])));
    const values = points.map((point) => evaluate(tree, point));
    if (question.tolerance) return close(question, values[0][0]);
    const found = values.map((value, k) => beside(value, question.truth[k]));
    const wrong = shortest(
      question,
      found.map((f) => f === "other"),
      found.map((f, k) => f === "none" && !question.edges[k]),
    );
    if (wrong >= 0)
      return {
        verdict: "wrong",
        message: told(question, wrong, values[wrong][0]),
        misconception: question.misconceptions.findIndex((m) =>
          values.every((value, k) => (m[k] === null ? value === NONE : agrees(value, m[k]))),
        ),
      };
    const same = found.filter((f) => f === "same").length;
    if (2 * same < found.length)
      return { verdict: "unread", message: "In this form too many digits cancel to judge it. Write it in another form." };
    const missing = shortest(question, found.map((f) => f === "none"));
    if (missing >= 0)
      return {
        verdict: "degenerate",
        message: `Right, except at the edge: at ${where(question, missing)} your expression has no value, and the true quantity has one.`,
      };
    const count = question.points[0].length ? ` at all ${same} points tried` : "";
    return { verdict: "right", message: `It agrees with the value computed from the code${count}.` };
  };

  /* A number need only come near. */
  const close = (question, value) => {
    const near = (other) => Math.abs(value - other) <= question.tolerance * Math.abs(other);
    if (near(question.truth[0]))
      return { verdict: "right", message: "It agrees with the value computed from the code." };
    const misconception = question.misconceptions.findIndex(([other]) => near(other));
    return { verdict: "wrong", message: told(question, 0, value), misconception };
  };

  /* The typed text as TeX, or null while it cannot be read. */
  optlib.tex = (question, text) => {
    const names = Object.keys(question.names);
    const symbol = (node) => {
      if (node.type === "SymbolNode" && known(node.name, names)) return question.names[known(node.name, names)];
      return undefined;
    };
    try {
      return read(text, names).node.toTex({ parenthesis: "auto", handler: symbol });
    } catch (problem) {
      if (problem instanceof Unread) return null;
      throw problem;
    }
  };
}
