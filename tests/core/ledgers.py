"""Small ledgers to test with."""


def entry(verdict, **changes):
    """Return a table of a claim; a key that is changed to None is left out."""
    table = {
        "chapter": "05-adam",
        "claim": "The step is $\\alpha$.",
        "verdict": verdict,
        "right": "If so.",
        "evidence": "computed",
        "side": "on both sides",
        **changes,
    }
    lines = (f"{key} = {value!r}" for key, value in table.items() if value is not None)
    return "\n".join(line.replace("\\\\", "\\") for line in lines)
