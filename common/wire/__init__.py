"""What all doors of the Partner-Center-compatible wire share: paths, faults, bodies, numbers, lists. Knows no app."""
