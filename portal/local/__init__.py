"""The portal on one machine: database and broker beside it, every process of it, one command."""
