"""Interactive voice response: what a caller meets before a person answers."""
