"""Pages of the partners room."""
