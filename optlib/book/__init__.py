"""What only the book needs; nothing outside this folder imports it.

Read ``ledger`` (the claims and what settles them) and ``selfcheck`` (questions that judge an
answer), then ``cards`` and ``cheatsheet`` (pages made from the registry); ``display``, ``figures``
and ``statistics`` show results.
"""
