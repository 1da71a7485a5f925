"""Agreements: who has signed the Microsoft Customer Agreement, who may sign, and by when."""
