"""Formulas as text, for the search and the descriptions of pages."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
from plain_math import UNREADABLE, plain

READ = {
    r"\beta_2": "β₂",
    r"1-\beta_1^{t}": "1-β₁ᵗ",
    r"\hat\varepsilon": "ε̂",
    r"\sqrt{\hat v_t} + \varepsilon": "√v̂ₜ + ε",
    r"\tfrac{\lambda}{2}\lVert x \rVert^2": "λ/2‖ x ‖²",
    r"\frac{1}{1-\beta}": "1/(1-β)",
    r"10^{-3}": "10⁻³",
    r"x_{\max}": "xₘₐₓ",
    r"\ln 2": "ln 2",
    r"\mathrm{RMS}(u)": "RMS(u)",
}


@pytest.mark.parametrize("tex", READ)
def test_what_a_line_can_hold_is_read(tex):
    assert plain(tex) == READ[tex]


@pytest.mark.parametrize(
    "tex", [r"\begin{aligned} a &= b \end{aligned}", r"\unknown{x}", r"\frac{\frac{a}", r"a \& b"]
)
def test_the_rest_is_left_out(tex):
    assert plain(tex) == UNREADABLE
