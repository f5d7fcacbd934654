"""What two optimizers of libraries do otherwise, in the names that the field uses.

The package's sentences name its own rules, such as ``eps_hat_adam``. A reader of the page wants to
know what the rule is, not what it is called here: its parent, and what it changes.
"""

import re

# Names that are not the rule's own in title case.
_NAMED = {
    "sgd": "gradient descent",
    "momentum": "heavy-ball momentum",
    "nesterov": "Nesterov's momentum",
    "keras_momentum": "momentum with the rate inside it",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "amsgrad": "AMSGrad",
    "radam": "RAdam",
    "lamb": "LAMB",
    "eps_hat_adam": "Adam with eps beside the uncorrected root",
    "eps_hat_amsgrad": "AMSGrad with eps beside the uncorrected root",
    "amsgrad_raw_max": "AMSGrad with the maximum taken before the correction",
    "nadam_constant": "Nadam at a constant momentum",
    "lars_plain": "LARS without its momentum",
    "adabelief": "AdaBelief",
    "ademamix": "AdEMAMix",
    "simplified_ademamix": "simplified AdEMAMix",
    "madgrad": "MADGRAD",
    "sm3": "SM3",
    "ftrl": "FTRL",
    "cocob": "COCOB",
    "dog": "DoG",
    "dowg": "DoWG",
    "adopt": "ADOPT",
    "asgd": "averaged gradient descent",
    "signsgd": "sign descent",
    "acprop": "ACProp",
    "momo": "MoMo",
    "novograd": "NovoGrad",
    "adam_decoupled": "AdamW",
    "adan_optax": "Adan in the weights of Optax",
    "adopt_unclipped": "ADOPT without clipping",
    "lbfgs_100": "L-BFGS",
    "nadam_keras": "Nadam in the form of Keras",
    "radam_torch": "RAdam in the form of PyTorch",
    "schedule_free_equal": "a schedule-free average with equal weights",
}
# What a rule's name ends with, and what that says of it.
_ENDINGS = {
    "decayed_first": "with the parameter shrunk before the step",
    "decoupled": "with decoupled decay",
    "l2": "with an L2 penalty",
    "inside": "with eps inside the root",
    "centered": "with the variance in place of the square",
    "starting": "with an average that does not start at zero",
    "rolling": "with a running sum of steps",
    "ahead": "that looks ahead",
    "by_shape": "with a factor for the shape",
    "matrices": "for matrices alone",
    "floored": "with eps as a floor",
    "capped": "with a capped rate",
    "corrected": "with corrected averages",
    "absolute": "whatever the size of the parameters",
    "vector": "for vectors",
    "rooted": "with an eps under the root",
    "momentum": "with momentum",
    "plain": "that does not look ahead",
    "freed": "without a rate",
}
_RULE = re.compile(
    r"^(?P<who>\S+ \S+) follows the rule (?P<rule>\w+)"
    r"(?:, which is (?P<parent>\w+) but (?P<but>.*))?(?P<note> \(.*\))?$"
)


def named(rule):
    """What the field calls a rule of the package."""
    if rule in _NAMED:
        return _NAMED[rule]
    for ending, words in _ENDINGS.items():
        if rule.endswith(f"_{ending}"):
            base = named(rule.removesuffix(f"_{ending}"))
            return f"{base} {'and ' * (' with' in base and words.startswith('with'))}{words}"
    return rule.replace("_", " ").capitalize()


def said(sentence):
    """A sentence of a port, without the package's names of rules."""
    if sentence.startswith("Both follow the rule "):
        return "Both follow the same rule."
    found = _RULE.match(sentence.removesuffix("."))
    if not found:
        return sentence
    if not found["parent"]:
        return f"{found['who']} is {named(found['rule'])}{found['note'] or ''}."
    but = found["but"] + (found["note"] or "")
    return f"{found['who']} is {named(found['parent'])}, but {but}."


def in_words(entries):
    """Every port of the page with its sentences in the field's names."""
    for optimizers in entries.values():
        for entry in optimizers.values():
            for variant in entry["variants"]:
                for port in variant["ports"].values():
                    port["words"] = [said(sentence) for sentence in port["words"]]
    return entries
