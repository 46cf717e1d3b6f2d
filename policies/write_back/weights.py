"""What each sign of support counts, as `python -m training.support --data DIR` makes it."""

BIAS = -0.722
WEIGHTS = {
    "content": 1.561, "all": 1.937, "order": 1.824, "content_order": 0.602, "apart": -0.683,
    "foreign": -0.442, "missed": -0.351, "size": -0.535, "first": -0.827, "second": -0.626,
    "question": -3.122, "chat": -0.246, "sentences": -0.146, "names": -1.108, "function": -2.537,
    "opener": -0.599,
}  # fmt: skip
