"""Rules as formulas: traced, compared, derived, and proved, by SymPy.

Read ``tracing`` (a rule run on symbols), ``verdicts`` (are two formulas equal?), ``derivation``
(line by line), then ``proof``, which decides; ``latex`` and ``rendering`` write it all down.
Nothing here knows how a rule is run on arrays.
"""
