"""Reading what bodies keep, one file for each subject."""
