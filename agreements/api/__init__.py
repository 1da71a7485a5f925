"""The native API of this room: agreements, what can be done about one, its files, what resellers ask, and the rules."""
