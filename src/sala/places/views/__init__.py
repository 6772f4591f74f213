"""Pages of the register of places."""
