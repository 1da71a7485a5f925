"""Partners: who asks and who is told."""
