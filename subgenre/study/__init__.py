"""Grids of runs: who trains them, what they leave, and how their scores compare."""
