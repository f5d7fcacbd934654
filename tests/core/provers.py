"""The provers alone, without the hunt for counterexamples."""

from claims_false import DOMAINS

from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.proving import prove_equal
from optlib.algebra.proof.radicals import Undecided


def over_domains(claim):
    """The sides over their domains, and the domains."""
    return canonical([claim.lhs, claim.rhs], {**DOMAINS, **claim.domains})


def shown_equal(claim):
    """Whether the sides of a claim are shown to be equal."""
    (lhs, rhs), known = over_domains(claim)
    try:
        prove_equal(lhs, rhs, known)
    except Undecided:
        return False
    return True


def facts_used(claim):
    """What the proof of a true claim uses beyond the domains, as text."""
    (lhs, rhs), known = over_domains(claim)
    return {str(fact) for fact in prove_equal(lhs, rhs, known)}
