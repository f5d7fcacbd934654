"""Domains: what is written, what lies inside, and what a setting must be."""

import inspect
import itertools
import math

import array_api_strict as strict
import numpy as np
import pytest

from optlib.domains import Domain, checked, number, setting, spelt, standard, together

ENDS = [(-math.inf, math.inf), (0.0, math.inf), (-math.inf, 1.0), (0.0, 1.0), (1.0, 1.0), (-2, 3.5)]
DOMAINS = [
    Domain(low, high, closed_low, closed_high, integer)
    for low, high in ENDS
    for closed_low, closed_high, integer in itertools.product([False, True], repeat=3)
]
VALUES = [-math.inf, -2, -1.5, -1, 0, 0.0, 0.25, 1, 1.0, 1.5, 3, 3.0, 3.5, 4, math.inf, math.nan]


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_a_domain_is_what_is_written(domain):
    assert Domain.parse(str(domain)) == domain == Domain.parse(domain)


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_a_number_is_inside_if_the_statement_about_it_is_true(domain):
    said = domain.describe("x")
    assert said.endswith(", whole") == domain.integer
    said = said.removesuffix(", whole")
    for x in VALUES:
        whole = not domain.integer or (math.isfinite(x) and x == int(x))
        if said != "x real":
            assert (x in domain) == (eval(said, {"inf": math.inf}, {"x": x}) and whole) or (
                math.isinf(x)
            )
        elif math.isfinite(x):
            assert (x in domain) == whole


@pytest.mark.parametrize("closed", [False, True])
def test_infinity_is_inside_where_an_end_is_closed_and_nan_nowhere(closed):
    for x, domain in (
        (math.inf, Domain(0, math.inf, False, closed)),
        (-math.inf, Domain(-math.inf, 0, closed, False)),
    ):
        assert (x in domain) is closed
        assert x not in Domain(domain.low, domain.high, closed, closed, integer=True)
    assert not any(math.nan in domain for domain in DOMAINS)


@pytest.mark.parametrize("one", DOMAINS, ids=str)
def test_what_lies_in_both_domains_lies_where_they_meet(one):
    for other in DOMAINS:
        both = one.meet(other)
        assert all((x in both) == (x in one and x in other) for x in VALUES)


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_the_interior_leaves_the_ends_out_and_whole_numbers_alone(domain):
    inner = domain.interior
    ends = () if domain.integer else (domain.low, domain.high)
    assert all((x in inner) == (x in domain and x not in ends) for x in VALUES)


def test_the_signs_of_a_statement_can_be_latex():
    said = Domain.parse("[0, 1)").describe("x", r"\lt", r"\le")
    assert said == r"0 \le x \lt 1"


@pytest.mark.parametrize(
    ("end", "text"), [(1, "1"), (0.001, "0.001"), (math.inf, "inf"), (0.1 + 0.2, str(0.1 + 0.2))]
)
def test_an_end_is_spelt_with_all_its_digits(end, text):
    assert spelt(end) == text


@pytest.mark.parametrize(
    "text", ["", "0, 1", "(0, 1", "[0; 1]", "integer", "whole [0, 1]", "reals"]
)
def test_what_is_no_domain_is_refused(text):
    with pytest.raises(ValueError, match="is not a domain; write it like"):
        Domain.parse(text)


def test_a_symbol_has_the_open_domain_of_its_name():
    assert str(standard("beta1")) == "(0, 1)" and str(standard("eps")) == "(0, inf)"
    assert str(standard("t")) == "integer [1, inf)" and str(standard("v")) == "[0, inf)"
    assert standard("g") == Domain() and standard("strength") is None


TAKING = {
    "setting": lambda value, domain: setting("adam", "beta1", value, Domain.parse(domain)),
    "number": lambda value, domain: number("adam", "beta1", value, domain),
}


@pytest.fixture(params=TAKING)
def take(request):
    return TAKING[request.param]


@pytest.mark.parametrize("kind", [float, np.float32, np.float64, np.array])
def test_a_number_of_any_make_becomes_a_plain_one(take, kind):
    value = take(kind(0.5), "[0, 1)")
    assert type(value) is float and value == 0.5


@pytest.mark.parametrize("value", [True, np.True_, np.array(True), "0.5", None, 1j, [0.5], (0.5,)])
def test_what_is_no_number_is_refused(take, value):
    with pytest.raises(TypeError, match="adam: beta1 must be a number"):
        take(value, "[0, 1)")


@pytest.mark.parametrize("value", [1, -1e-9, 1.5, math.nan, math.inf, np.float32(2), np.array(2)])
def test_a_number_outside_is_refused_with_its_domain(take, value):
    with pytest.raises(ValueError, match="adam: beta1 must satisfy 0 <= beta1 < 1, got"):
        take(value, "[0, 1)")


def test_a_whole_number_must_fit_a_float(take):
    for sign in (1, -1):
        assert take(sign * (2**1023 - 1), "integer (-inf, inf)") == sign * (2**1023 - 1)
        for value in (sign * 2**1023, sign * 10**400):
            with pytest.raises(ValueError, match="beta1 is a whole number too large for a float"):
                take(value, "integer (-inf, inf)")


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3), np.array(3)])
def test_a_number_of_a_whole_domain_is_an_int(value):
    assert type(number("adam", "k", value, "integer [1, inf)")) is int


def test_one_number_is_no_array():
    with pytest.raises(TypeError, match="must be a number"):
        number("adam", "beta1", np.array([0.5]), "[0, 1)")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.uint8])
def test_an_array_of_settings_is_copied_and_fixed(dtype):
    given = np.zeros((2, 3), dtype)
    kept = setting("adam", "beta1", given, Domain.parse("[0, 1)"))
    assert np.array_equal(kept, given) and kept.dtype == dtype
    assert not np.shares_memory(kept, given) and not kept.flags.writeable


@pytest.mark.parametrize("dtype", [bool, complex, object, "U1"])
def test_an_array_of_anything_but_real_numbers_is_refused(dtype):
    with pytest.raises(TypeError, match="beta1 must hold real numbers, its dtype is"):
        setting("adam", "beta1", np.zeros(2, dtype), Domain.parse("[0, 1)"))


def test_the_first_setting_outside_is_named():
    with pytest.raises(ValueError, match="must satisfy 0 <= beta1 < 1, got 2.0"):
        setting("adam", "beta1", np.array([[0.5, 2.0], [3.0, 0.0]]), Domain.parse("[0, 1)"))
    with pytest.raises(TypeError, match="beta1 is a masked array"):
        setting("adam", "beta1", np.ma.zeros(2), Domain.parse("[0, 1)"))


def test_a_schedule_or_an_array_of_another_library_is_taken_as_it_is():
    domain, array = Domain.parse("[0, 1)"), strict.asarray([5.0])
    assert setting("adam", "beta1", len, domain) is len
    assert setting("adam", "beta1", array, domain) is array


def test_an_array_that_can_be_written_into_is_cloned():
    class Writable:
        dtype = "float32"

        def clone(self):
            return "a copy"

    assert setting("adam", "beta1", Writable(), Domain.parse("[0, 1)")) == "a copy"


DEFAULTS = {"lr": inspect.Parameter.empty, "eps": 1e-8}
KNOWN = {"lr": Domain.parse("[0, inf)"), "eps": Domain.parse("[0, inf)")}


def test_keywords_are_completed_and_each_is_checked():
    assert checked("adam", DEFAULTS, KNOWN, {"lr": 0.1}) == {"lr": 0.1, "eps": 1e-8}
    for given, error, words in (
        ({}, TypeError, "adam needs lr"),
        (
            {"lr": 0.1, "beta": 1},
            TypeError,
            "adam has no hyper-parameter 'beta'; known are lr, eps",
        ),
        ({"lr": -0.1}, ValueError, "adam: lr must satisfy 0 <= lr, got -0.1"),
        ({"lr": 0.1, "eps": -1}, ValueError, "adam: eps must satisfy 0 <= eps, got -1"),
    ):
        with pytest.raises(error, match=words):
            checked("adam", DEFAULTS, KNOWN, given)
    with pytest.raises(TypeError, match="known are none"):
        checked("sgd", {}, {}, {"eps": 1})


def test_settings_that_broadcast_have_one_shape():
    values = {"lr": np.zeros((3, 1)), "eps": np.zeros(2), "beta1": 0.9, "beta2": np.zeros(())}
    assert together("adam", values) == (3, 2) and together("adam", {"lr": 0.1}) == ()
    with pytest.raises(ValueError, match=r"do not broadcast: lr \(3, 1\), eps \(2,\), v \(4,\)"):
        together("adam", values | {"v": np.zeros(4)})
