"""Leads from a file: read, tried out, written, undone, each row by the same services as a lead that is typed (R45)."""
