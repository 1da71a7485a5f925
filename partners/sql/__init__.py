"""Statements of the partners room that are written by hand."""
