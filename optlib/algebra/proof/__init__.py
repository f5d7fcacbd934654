"""How an equality is proved or refuted.

``verdicts`` and ``derivation`` rest on this. ``facts`` and ``hypotheses`` hold what is known of
symbols. ``sampling`` hunts for a counterexample. ``proving`` proves: with ``powers`` named,
``radicals`` made algebra, ``cases`` split, ``signs`` read off domains and ``sums`` aligned.
``limits`` does the same for limits.
"""
