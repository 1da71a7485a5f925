"""The Partner-Center-compatible wire of this room: texts of agreements, confirmations, direct acceptance (docs/wire.md)."""
