"""Policy: rules as data, read by `decide` here and compiled to SQL in motions.sql. Standard library alone."""
