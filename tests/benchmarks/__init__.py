"""Benchmarks: how cost grows with the work. None is a timed test."""
