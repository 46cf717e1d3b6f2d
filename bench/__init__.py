"""The numbers we claim, and how to measure them again: `python -m bench NAME`."""
