"""Forms of those who make layers and theme maps."""
