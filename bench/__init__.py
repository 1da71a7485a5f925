"""Measurements: a JSON line each, ratios against a reference of the same run, medians with spread."""
