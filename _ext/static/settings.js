"use strict";

/* What is set in the playground, {problem, steps, start, entries}, and how the address of the page says it:
   #story-NAME for a preset, or #playground.1=adam,lr:0.1,beta1:0.5,schedule:cosine,total:300 and so on. */
{
  const NAME = "playground";
  const LONGEST = 5000;
  const SYMBOLS = { beta1: "β₁", beta2: "β₂", beta3: "β₃", eps: "ε" };
  const facts = optlib.playground;

  const called = (name) => SYMBOLS[name] ?? name.replaceAll("_", " ");
  const pairs = (numbers) => Object.entries(numbers).map(([name, value]) => `${name}:${value}`);
  const inside = (steps) => Math.min(LONGEST, Math.max(1, Math.round(steps)));

  /* The preset of this name, or undefined. */
  const preset = (name) =>
    Object.hasOwn(facts.stories, name) ? JSON.parse(JSON.stringify(facts.stories[name])) : undefined;

  const fresh = (rule, lr = 0.1) => ({ rule, lr, hyper: {}, schedule: null, numbers: {} });

  /* What the numbers of a schedule start at in a run of so many steps. */
  const numbersOf = (schedule, steps) => {
    const { names, hyper } = optlib.schedules[schedule];
    const given = (name) =>
      name in facts.parts ? Math.max(2, Math.round(facts.parts[name] * steps)) : facts.numbers[name];
    const own = names.filter((name) => name !== "peak");
    return Object.fromEntries(own.map((name) => [name, hyper[name] ?? given(name)]));
  };

  const decoded = (text, steps) => {
    const [rule, ...parts] = text.split(",");
    if (!Object.hasOwn(optlib.rules, rule)) return [];
    const entry = fresh(rule);
    for (const [key, value] of parts.map((part) => part.split(":"))) {
      if (key === "schedule" && Object.hasOwn(optlib.schedules, value))
        Object.assign(entry, { schedule: value, numbers: numbersOf(value, steps) });
      const owner = entry.schedule ? entry.numbers : { lr: entry.lr, ...optlib.rules[rule].hyper };
      if (!Object.hasOwn(owner, key) || !Number.isFinite(Number(value))) continue;
      if (entry.schedule) entry.numbers[key] = Number(value);
      else if (key === "lr") entry.lr = Number(value);
      else entry.hyper[key] = Number(value);
    }
    return [entry];
  };

  const encoded = ({ rule, lr, hyper, schedule, numbers }) =>
    [
      rule,
      `lr:${lr}`,
      ...pairs(hyper),
      ...(schedule ? [`schedule:${schedule}`, ...pairs(numbers)] : []),
    ].join(",");

  /* The preset that the address names, or undefined. */
  const named = () => location.hash.match(/^#story-(.+)/)?.[1];

  /* What the address sets, or undefined. */
  const read = () => {
    const told = optlib.address.read(NAME);
    if (named()) return preset(named());
    if (!Object.hasOwn(facts.problems, told.problem ?? "")) return undefined;
    const steps = inside(Number(told.steps) || 300);
    const entries = [1, 2, 3, 4].flatMap((k) => (told[k] ? decoded(told[k], steps) : []));
    const start = (told.start ?? "").split(",").map(Number);
    const own = optlib.problems[told.problem].start;
    const fits = start.length === own.length && start.every(Number.isFinite);
    return entries.length ? { problem: told.problem, steps, start: fits ? start : own, entries } : undefined;
  };

  const write = ({ problem, steps, start, entries }) => {
    const own = Object.fromEntries(entries.map((entry, k) => [k + 1, encoded(entry)]));
    optlib.address.write(NAME, { problem, steps, start: start.join(","), ...own });
  };

  /* An entry in a few words, for the legend. */
  const words = ({ rule, lr, hyper, schedule }) =>
    [rule, lr, ...Object.entries(hyper).map(([name, value]) => `${called(name)} ${value}`), schedule]
      .filter(Boolean)
      .join(", ");

  optlib.settings = { called, fresh, inside, named, numbersOf, preset, read, words, write };
}
