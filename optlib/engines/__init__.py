"""How a rule is executed where Python is not: printed from its symbolic trace.

Read ``program`` (expressions as a JavaScript function), then ``javascript`` (a rule, a schedule, a
problem printed by it). What is printed is the trace of the code that runs in Python, so the two
cannot disagree by more than rounding.
"""
