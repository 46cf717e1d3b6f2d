"""Who somebody is in a handful of coefficients: what answers are like, which ones a person prefers, and how sure of it
we are.

Everything here is a function of values: nothing is stored or sent, and only `judge` and `writing` ask the model that
they are given. `traits`, `words`, `spoken`, `places` and `factor_file` need nothing; the others need numpy, which is
slow to import, and are to be imported where they are used.
"""
