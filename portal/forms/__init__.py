"""Forms of the composed pages."""
