"""The native API of this room: deals, guidance, what-if, choices, policies, rates, imports."""
