"""How a rule is executed: in blocks, by a kernel, as JavaScript; and on intervals, before it is.

Read ``blocks`` (the rule itself, a few numbers at a time), then ``intervals`` (whether a step stays
finite), ``kernels`` over ``source`` and ``compiling`` (the trace compiled by Numba), ``javascript``
over ``program`` (the trace in a page). What is printed is the trace of the code that runs in
Python, so the two cannot disagree by more than rounding.
"""
