"""The Partner-Center-compatible wire of this room: customers as tenants, their profiles, and domains (docs/wire.md)."""
