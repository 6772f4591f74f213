"""Vector tiles: asked of the database as things are now, or read from the archive that was published."""
