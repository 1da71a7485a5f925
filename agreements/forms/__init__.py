"""Forms of the agreements room."""
