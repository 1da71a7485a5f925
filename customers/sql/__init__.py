"""Statements of the customers room: keys by which companies are recognised, candidates, pairs across partners."""
