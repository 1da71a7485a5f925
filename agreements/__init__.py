"""Agreements: who may sign what, and by when. The room stands beside motions, and the two do not know each other."""
