"""The one configuration file: its schema, its loader, its proofs, and what it compiles to."""
