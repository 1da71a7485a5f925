"""Pages and partials of the motions room."""
