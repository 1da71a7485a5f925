"""Figures over many customers at once, ready to be shown."""
