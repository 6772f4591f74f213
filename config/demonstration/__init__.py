"""Invented records for a demonstration, from <pack>/demonstration.yaml. Each is marked as invented."""
