"""The native API of this room: customers, the people at them, tags, relationships, conflicts and merges."""
