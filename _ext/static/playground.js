"use strict";

/* The playground: a problem, up to four optimizers with their numbers and schedules, and their race. */
{
  const NAME = "playground";
  const FIRST = "ravine";
  const MOST = 4;
  const facts = optlib.playground;
  const { called, fresh, inside, named, numbersOf, preset, read, words, write } = optlib.settings;

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    Object.assign(made, attributes);
    made.append(...children);
    return made;
  };

  const labelled = (text, field) => element("label", {}, element("span", { textContent: text }), field);

  const select = (name, options, value, change) => {
    const made = element("select", { name });
    for (const [key, text, disabled = false] of options)
      made.append(element("option", { value: key, textContent: text, disabled }));
    made.value = value;
    made.addEventListener("change", () => change(made.value));
    return made;
  };

  const numeric = (name, value, change) => {
    const made = element("input", { type: "number", name, step: "any", value });
    made.addEventListener("input", () => {
      const given = made.valueAsNumber;
      if (Number.isFinite(given)) change(given);
    });
    return made;
  };

  class Playground {
    constructor(section) {
      this.view = section.querySelector(".live-view");
      this.view.hidden = false;
      section.classList.add("live-on");
      this.legend = element("div");
      this.panels = element("div", { className: "live-panels live-race" });
      this.status = element("div", { className: "playground-status" });
      this.status.setAttribute("role", "status");
      this.course = element("div", { className: "playground-course" });
      this.entries = element("div", { className: "playground-entries" });
      this.add = optlib.button("Add an optimizer", () =>
        this.change((s) => s.entries.push(fresh("adam")), true),
      );
      const race = optlib.starter(
        () => this.state.steps,
        (upto) => this.show(upto),
      );
      const buttons = element("div", { className: "live-buttons" }, race, this.add);
      this.view.append(this.course, this.legend, this.panels, this.status, buttons, this.entries);
      this.drawing = new optlib.Panels(this.panels, "The paths of the optimizers.", (start) =>
        this.change((s) => (s.start = start)),
      );
      this.later = optlib.whenever(this.panels, () => this.redraw());
      this.presets = [...section.querySelectorAll("button[data-story]")];
      for (const button of this.presets) {
        button.disabled = false;
        button.addEventListener("click", () => {
          history.replaceState(null, "", `#story-${button.dataset.story}`);
          this.restore();
        });
      }
      this.set(preset(FIRST), FIRST);
      this.restore();
      addEventListener("hashchange", () => this.restore());
    }

    restore() {
      const state = read();
      if (state) this.set(state, named());
    }

    set(state, name) {
      this.state = state;
      this.choose(name);
      this.fill();
      this.later();
    }

    /* Show which preset it is, with its text; none once something was changed. */
    choose(name) {
      for (const button of this.presets) {
        const chosen = button.dataset.story === name;
        button.setAttribute("aria-pressed", chosen);
        button.parentElement.classList.toggle("chosen", chosen);
      }
    }

    /* Change the state, tell it in the address, and draw; with other fields if they are others now. */
    change(act, refill = false) {
      act(this.state);
      this.choose(null);
      write(this.state);
      if (refill) this.fill();
      this.later();
    }

    /* The fields, with what the state says; the one that was in focus stays so. */
    fill() {
      const focused = document.activeElement;
      const place = [focused?.closest("fieldset")?.dataset.entry, focused?.name];
      const { problem, steps, entries } = this.state;
      this.course.replaceChildren(
        labelled(
          "Problem",
          select("problem", Object.entries(facts.problems), problem, (name) => this.move(name)),
        ),
        labelled(
          "Steps",
          numeric("steps", steps, (n) => this.change((s) => (s.steps = inside(n)))),
        ),
      );
      this.entries.replaceChildren(...entries.map((entry, k) => this.fields(entry, k)));
      this.add.disabled = entries.length >= MOST;
      const within = place[0] === undefined ? this.view : this.entries.children[place[0]];
      if (this.view.isConnected && place[1]) within?.querySelector(`[name="${place[1]}"]`)?.focus();
    }

    /* Go to another problem; rules that act on whole layers need more than one parameter. */
    move(name) {
      this.change((s) => {
        s.problem = name;
        s.start = optlib.problems[name].start;
        if (s.start.length === 1)
          s.entries = s.entries.map((e) =>
            optlib.rules[e.rule].scope === "element" ? e : fresh("adam", e.lr),
          );
      }, true);
    }

    fields(entry, k) {
      const printed = optlib.rules[entry.rule];
      const single = this.state.start.length === 1;
      const rules = Object.entries(optlib.rules).map(([name, { scope }]) => [
        name,
        name,
        single && scope !== "element",
      ]);
      const schedules = [
        ["", "constant rate"],
        ...Object.keys(optlib.schedules)
          .filter((s) => s !== "constant")
          .map((s) => [s, s]),
      ];
      const set = element("fieldset", {}, element("legend", { textContent: `Optimizer ${k + 1}` }));
      set.dataset.entry = k;
      const other = (act) => this.change(act, true);
      const rule = select("rule", rules, entry.rule, (name) =>
        other((s) => (s.entries[k] = { ...entry, rule: name, hyper: {} })),
      );
      const schedule = select("schedule", schedules, entry.schedule ?? "", (name) =>
        other(() =>
          Object.assign(entry, {
            schedule: name || null,
            numbers: name ? numbersOf(name, this.state.steps) : {},
          }),
        ),
      );
      set.append(labelled("rule", rule), ...this.rate(entry));
      for (const [name, value] of Object.entries(printed.hyper))
        set.append(
          labelled(
            called(name),
            numeric(name, entry.hyper[name] ?? value, (v) => this.change(() => (entry.hyper[name] = v))),
          ),
        );
      set.append(labelled("schedule", schedule));
      for (const [name, value] of Object.entries(entry.numbers))
        set.append(
          labelled(
            called(name),
            numeric(name, value, (v) => this.change(() => (entry.numbers[name] = v))),
          ),
        );
      if (this.state.entries.length > 1)
        set.append(optlib.button("Remove", () => other((s) => s.entries.splice(k, 1))));
      return set;
    }

    /* The rate as a slider and as a number. */
    rate(entry) {
      if (entry.schedule && !optlib.schedules[entry.schedule].names.includes("peak")) return [];
      const { rates } = facts;
      const at = rates.findLastIndex((rate) => rate <= entry.lr * (1 + 1e-9));
      const slider = element("input", {
        type: "range",
        name: "slider",
        min: 0,
        max: rates.length - 1,
        value: Math.max(0, at),
      });
      const number = numeric("lr", entry.lr, (v) => this.change(() => (entry.lr = v)));
      slider.setAttribute("aria-label", "rate");
      slider.setAttribute("aria-valuetext", entry.lr);
      slider.addEventListener("input", () => {
        number.value = rates[slider.value];
        slider.setAttribute("aria-valuetext", number.value);
        this.change(() => (entry.lr = rates[slider.value]));
      });
      return [labelled(entry.schedule ? "peak rate" : "rate", number), slider];
    }

    data() {
      const { problem, steps, start, entries } = this.state;
      return { entries: entries.map((entry) => optlib.run(optlib.problems[problem], entry, start, steps)) };
    }

    redraw() {
      this.runs = this.data().entries;
      const looks = this.state.entries.map((entry, k) => ({
        label: words(entry),
        color: facts.colors[k],
        dash: "-",
      }));
      this.legend.replaceChildren(optlib.legend(looks));
      looks.forEach(({ color }, k) => (this.entries.children[k].style.borderLeftColor = optlib.tone(color)));
      this.looks = looks;
      const left = this.runs.flatMap(({ x }, k) =>
        x.length <= this.state.steps
          ? [`${this.state.entries[k].rule} left the finite numbers at step ${x.length}.`]
          : [],
      );
      this.status.textContent = left.join(" ");
      this.show(this.state.steps);
    }

    show(upto) {
      this.drawing.draw(optlib.problems[this.state.problem], this.runs, this.looks, this.state.steps, upto);
    }
  }

  addEventListener("DOMContentLoaded", () => {
    const section = document.querySelector("section.playground");
    optlib.live[NAME] = new Playground(section);
  });
}
