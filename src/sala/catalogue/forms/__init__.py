"""Forms of datasets, their editions, the figures that calls ask, and orders."""
