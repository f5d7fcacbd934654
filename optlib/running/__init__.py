"""Rules run on arrays: one step, a whole run, and what stands around them.

Read ``step`` (one step of one layer), ``optimizer`` (checks, and many layers), then ``minimize``
and ``train`` (the loops). ``by_layer``, ``modelwise``, ``clipping``, ``averaging``,
``linesearch`` and ``checkpoint`` are what a run may add; ``checks`` and ``containers`` serve all.
"""
