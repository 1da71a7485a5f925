"""A receipt of one entry of the ledger: what it says, as a document for machines, and on paper."""
