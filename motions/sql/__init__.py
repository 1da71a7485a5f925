"""The second reader of a policy, and the statements that keep guidance fresh: set-based, parameters always bound."""
