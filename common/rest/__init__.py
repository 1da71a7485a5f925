"""What every JSON door has in common: problems, bodies, versions, cursors, limits. Knows no app."""
