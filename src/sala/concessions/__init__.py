"""Leases and concessions of land: who holds what, where, by whose decision, for how long, and what came of it."""
