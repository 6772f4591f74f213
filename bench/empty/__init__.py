"""The real site with one more address that does nothing: what any answer of this server costs at least."""
