"""The Partner-Center-compatible wire of this room."""
