"""The page that ports optimizers speaks in the names of the field, not in those of the package."""

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
from port_words import in_words, named, said

from optlib import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sentences():
    stored = json.loads((ROOT / "optlib/book/data/ports.json").read_text(encoding="utf-8"))
    return {
        sentence
        for optimizers in in_words(stored["entries"]).values()
        for entry in optimizers.values()
        for variant in entry["variants"]
        for port in variant["ports"].values()
        for sentence in port["words"]
    }


def test_no_sentence_names_a_rule_of_the_package(sentences):
    assert len(sentences) > 200
    own = {name for name in RULES if "_" in name}
    for sentence in sentences:
        assert "follows the rule" not in sentence
        head = re.match(r"\S+ \S+ is ([^,(]*)", sentence)
        words = set(re.findall(r"\w+", head[1])) if head else set()
        assert not words & own, sentence


def test_a_sentence_keeps_what_differs():
    one = "keras Adam follows the rule eps_hat_adam, which is adam but adds eps (a note)."
    assert said(one) == "keras Adam is Adam, but adds eps (a note)."
    assert (
        said("optax sgd follows the rule sgd (a note).")
        == "optax sgd is gradient descent (a note)."
    )
    assert said("Both follow the rule adam.") == "Both follow the same rule."
    assert said("eps is 1 in a b and 2 in c d.") == "eps is 1 in a b and 2 in c d."


def test_a_name_is_made_of_its_parts():
    assert named("rmsprop_inside") == "RMSprop with eps inside the root"
    assert named("rmsprop_inside_rolling").endswith("root and with a running sum of steps")
