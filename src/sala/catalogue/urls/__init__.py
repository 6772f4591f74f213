"""Addresses of the catalogue: datasets under /datasets/, what people exchange about them at the root."""
