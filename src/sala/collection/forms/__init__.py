"""Forms of pages, one file for each subject."""
