"""Write ``optlib/book/data/ports.json``, what the page that ports optimizers computes with.

    .venv/bin/python tools/ports.py

For every optimizer, with each choice of its switches and with what is off by default on: the rule
behind it as JavaScript, how its numbers come from the arguments, and its port to every library.
"""

import itertools
import json
import re
import sys
from pathlib import Path

from optlib.conventions import TABLE, port
from optlib.conventions.aligning import RATES, aligned, full, one_or_none, settings
from optlib.conventions.apart import gradients, start
from optlib.conventions.porting import WRAPPERS
from optlib.engines import javascript
from optlib.running.optimizer import Optimizer

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "optlib" / "book" / "data" / "ports.json"
LIBRARIES = ("torch", "optax", "keras", "transformers")
ON = {"weight_decay": 0.01, "momentum": 0.9}
_FINITE = 1e9
SWITCHES = ("nesterov", "amsgrad", "centered", "decoupled_weight_decay", "eps_in_sqrt")


def sources():
    """The entries that are optimizers by themselves."""
    for (library, name), entry in TABLE.items():
        if not (entry.schedule or entry.part or WRAPPERS & set(entry.arguments)):
            yield library, name


def variants(library, name):
    """The arguments of every choice of switches, and of what is on."""
    entry = TABLE[library, name]
    rate = {k: 1e-3 for k in RATES if k in entry.arguments and entry.defaults.get(k) is None}
    base = {} if library == "transformers" else rate
    now = {**entry.defaults, **base}
    choices = [(k, (None, 0.0 if now[k] else v)) for k, v in ON.items() if k in now]
    choices += [(k, (None, not now[k])) for k in SWITCHES if k in now]
    for values in itertools.product(*(v for _, v in choices)):
        given = {k: v for (k, _), v in zip(choices, values, strict=True) if v is not None}
        spec = library, name, {**base, **given}
        few = len(given) <= (0 if name.lower() in ("muon", "adafactor") else 2)
        if few and one_or_none(spec) is not None:
            yield spec


def numbers(spec):
    """Every number among the arguments, those of a tuple with their place."""
    found = {}
    for key, value in full(spec).items():
        parts = {f"{key}.{k}": v for k, v in enumerate(value)} if isinstance(value, tuple) else {}
        for k, v in (parts or {key: value}).items():
            if isinstance(v, int | float) and not isinstance(v, bool):
                found[k] = v
    return found


def probed(spec):
    """The same with other numbers, each changed by a factor of its own."""
    library, name, _ = spec
    changed, place = {}, 0
    for key, value in full(spec).items():
        parts = value if isinstance(value, tuple) else (value,)
        new = []
        for v in parts:
            place += 1
            new.append(v * (1 - 0.003 * place) if isinstance(v, float) else v)
        changed[key] = tuple(new) if isinstance(value, tuple) else new[0]
    return library, name, changed


def form(first, second, given, changed):
    """How a value comes from the arguments: by name, by name with a minus, or as a number."""
    for sign in ("", "-"):
        c = -1 if sign else 1
        for key in given:
            if first == c * given[key] and second == c * changed[key]:
                if first != second:
                    return sign + key
    return first if first == second else None


def forms(values, others, given, changed):
    return {k: form(v, others.get(k), given, changed) for k, v in values.items()}


def model(spec, programs):
    """How the page runs it: a program, and its numbers; None where it does not run there."""
    optimizers = [one_or_none(s) for s in (spec, probed(spec))]
    if None in optimizers or not all(isinstance(o, Optimizer) for o in optimizers):
        return None
    rule = optimizers[0].rule
    if rule.scope != "element" or rule.inputs or rule.axes or callable(optimizers[0].lr):
        return None
    hyper = [{"lr": o.lr, **o.hyper} for o in optimizers]
    found = forms(*hyper, numbers(spec), numbers(probed(spec)))
    if None in found.values():
        return None
    text = javascript.rule(rule)
    name = rule.__name__
    while programs.setdefault(name, text) != text:
        name += "_"
    return {"program": name, "hyper": found}


def ported(spec, target, programs):
    """The port of a specification, in forms of its arguments."""
    library, name, arguments = spec
    found = port(library, name, target, **arguments)
    copied = None if found.copied > _FINITE else found.copied
    distance = None if found.distance > _FINITE else found.distance
    told = {"exact": found.exact, "distance": distance, "copied": copied}
    told["words"] = list(found.words)
    if found.target is None:
        return told
    plain = {k: v for k, v in full(found.target).items() if isinstance(v, bool | str)}
    plain = {k: v for k, v in plain.items() if v != TABLE[found.target[:2]].defaults[k]}
    other = probed(spec)
    again = next(aligned(one_or_none(other), (*found.target[:2], plain)), None)
    values, others = numbers(found.target), numbers(again) if again else {}
    arguments = forms(values, others, numbers(spec), numbers(other))
    for key in arguments:
        if arguments[key] is None or others.get(key) is None:
            arguments[key] = {"near": values[key]} if key.startswith("eps") else values[key]
    for key, value in found.target[2].items():
        if value is not None and not isinstance(value, int | float | tuple | str):
            arguments[key] = str(value)
    return told | {
        "name": found.target[1],
        "call": found.call,
        "switches": plain,
        "arguments": arguments,
        "around": [templated(s, spec) for s in found.around],
        "words": [templated(s, spec) if "**t" in s else s for s in found.words],
        "model": model(found.target, programs) if not found.around else None,
    }


def templated(sentence, spec):
    """The sentence with the names of arguments in place of their numbers."""
    for key in settings_of(spec):
        value = re.escape(repr(numbers(spec)[key]))
        sentence = re.sub(rf"(?<![\d.]){value}(?![\d.]*\d)", f"{{{key}}}", sentence)
    return sentence


def entry(library, name, programs):
    found = []
    for spec in variants(library, name):
        ports = {t: ported(spec, t, programs) for t in targets(library, name)}
        source = model(spec, programs)
        used = set(settings_of(spec))
        found.append(
            {
                "arguments": {k: v for k, v in full(spec).items() if k in SWITCHES},
                "on": [k for k in ON if full(spec).get(k)],
                "numbers": {k: v for k, v in numbers(spec).items() if k in used},
                "model": source,
                "ports": ports,
            }
        )
        print(library, name, spec[2], file=sys.stderr, flush=True)
    return {"defaults": TABLE[library, name].defaults, "variants": found}


def settings_of(spec):
    """The numbers that set something, by their arguments."""
    before, other = settings(one_or_none(spec)), full(probed(spec))
    for key in numbers(spec):
        name, _, place = key.partition(".")
        changed = other[name]
        if place:
            pairs = enumerate(zip(full(spec)[name], changed, strict=True))
            changed = tuple(c if k == int(place) else v for k, (v, c) in pairs)
        after = one_or_none((*spec[:2], {**spec[2], name: changed}))
        if after is not None and settings(after) != before:
            yield key


def targets(library, name):
    return [t for t in LIBRARIES if t != library and (t != "transformers" or "dafactor" in name)]


def made():
    """The whole content of the file."""
    programs, entries = {}, {library: {} for library in LIBRARIES}
    for library, name in sources():
        entries[library][name] = entry(library, name, programs)
    return {
        "start": start().tolist(),
        "gradients": [g.tolist() for _, g in gradients()],
        "programs": programs,
        "entries": entries,
    }


if __name__ == "__main__":
    OUT.write_text(json.dumps(made(), indent=0, default=repr) + "\n", encoding="utf-8")
