"""Areas taken into a map program and brought back: the file that goes out, and reading the one that comes in."""
