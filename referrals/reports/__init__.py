"""Figures over many leads at once, ready to be shown."""
