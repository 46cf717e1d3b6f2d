"""Answers that join the corpus, once every claim in them is shown to stand in passages that people wrote."""
