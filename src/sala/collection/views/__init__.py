"""Pages of collection, one file for each subject."""
