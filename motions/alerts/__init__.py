"""Telling partners what lies ahead: made by workers beside the edits, never in them. Safe to run many times over."""
