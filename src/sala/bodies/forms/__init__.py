"""Forms of bodies, one file for each subject."""
