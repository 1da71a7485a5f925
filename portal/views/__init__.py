"""The pages composed from several rooms."""
