"""What only the book needs; nothing outside this folder imports it.

Read ``ledger`` (the claims and what settles them), ``selfcheck`` (questions that judge an answer)
and ``choosing`` (those without typing), then ``cards`` and ``cheatsheet`` (pages made from the
registry); ``display``, ``figures`` and ``statistics`` show results.
"""
