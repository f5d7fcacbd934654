"""A text is read as the expression it spells, exactly; what is anything else is refused."""

import pytest
import sympy as sp

from optlib.algebra.reading import FUNCTIONS, AnswerError, allowed, parse, parse_with_parts

x, y, z, pi = sp.symbols("x y z pi")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("1_000.25", sp.Rational(4001, 4)),
        ("2.5e-3", sp.Rational(1, 400)),
        ("1E2", 100),
        ("0.1", sp.Rational(1, 10)),
        ("x + y*z", x + y * z),
        ("x - y/z", x - y / z),
        ("-x**2", -(x**2)),
        ("+x", x),
        ("(x + y)**2", (x + y) ** 2),
        ("2*pi", 2 * sp.pi),
        ("Rational(1, 3)", sp.Rational(1, 3)),
        (" abs(x) ", sp.Abs(x)),
        *[(f"{name}(x)", function(x)) for name, function in FUNCTIONS.items() if name[0] != "R"],
        ("2**x", 2**x),
        ("x**2000", x**2000),
        ("2**-1000", sp.Rational(1, 2**1000)),
    ],
)
def test_a_text_is_the_expression_it_spells(text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "~x",
        "not x",
        "x // y",
        "x % y",
        "x @ y",
        "x < y",
        "x if y else z",
        "1j",
        "None",
        "'x'",
        "x.y",
    ]
    + ["f(x)", "sqrt", "sqrt + 1", "x.sqrt(y)", "sqrt(x)(y)", "Max(x, key=y)", "(x, y)", "x; y"]
    + ["x[0]", "", "(x"],
)
def test_anything_else_is_refused_with_what_may_be_used(text):
    with pytest.raises(AnswerError, match=r"Use names, pi, numbers, \+ - \* / \*\* and sqrt, exp,"):
        parse(text)


@pytest.mark.parametrize("text", ["None", "True", "1j", "'x'", "b'1'", "..."])
def test_of_constants_only_numbers_are_understood(text):
    with pytest.raises(AnswerError, match="is not understood"):
        parse(f"x + {text}")


@pytest.mark.parametrize(("text", "said"), [("x^2", True), ("x|2", False), ("x % 2", False)])
def test_how_a_power_is_written_is_said_beside_a_caret_alone(text, said):
    with pytest.raises(AnswerError) as refused:
        parse(text)
    assert ("A power is written with **." in str(refused.value)) is said
    assert str(refused.value).startswith(repr(text.replace("x^", "x ^ ").replace("x|", "x | ")))


@pytest.mark.parametrize("text", ["1/0", "x/0", "x/(1 - 1)", "0**-1/0"])
def test_nothing_is_divided_by_zero(text):
    with pytest.raises(AnswerError, match="cannot be read: it divides by 0"):
        parse(text)


def test_the_parts_are_what_a_text_spells_out_and_sympy_may_cancel():
    whole, parts = parse_with_parts("x/x + 0*log(y) + z**2/z**2 - sqrt(x)*0 - 3*y")
    assert whole == 2 - 3 * y
    assert set(parts) == {1 / x, sp.log(y), z**2, z**-2, sp.sqrt(x)}
    assert parse_with_parts("x + 2*y - 3")[1] == []


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("2**1000", True),
        ("2**1001", False),
        ("2**-1001", False),
        ("(10**999)**2", True),
        ("(10**1000)**2", False),
        ("1e1000", True),
        ("1e1001", False),
        ("1e-1000", True),
        ("1e-1001", False),
        ("7" * 1000, True),
        ("7" * 1001, False),
        ("9**9**9", False),
    ],
)
def test_numbers_and_their_powers_have_a_largest_size(text, readable):
    if readable:
        assert parse(text).is_number
    else:
        with pytest.raises(AnswerError, match="too l"):
            parse(text)


def test_where_symbols_are_given_no_other_name_is_read():
    known = {"a": x, "b": y}
    assert parse("a + b*pi", known) == x + y * sp.pi
    assert allowed(known).startswith("Use a, b, pi, numbers, ")
    for text in ("x", "a + c", "c(a)"):
        with pytest.raises(AnswerError, match="Use a, b, pi, numbers"):
            parse(text, known)


def test_a_symbol_called_pi_is_that_symbol():
    assert parse("2*pi", {"pi": pi}) == 2 * pi != 2 * sp.pi
    assert allowed({"pi": pi}).startswith("Use pi, numbers, ")
