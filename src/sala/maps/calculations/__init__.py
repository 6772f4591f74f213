"""Formulas of the analysis of land, free of the database and of Django: each runs in the limited child process too."""
