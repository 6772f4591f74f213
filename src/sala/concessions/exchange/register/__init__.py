"""The register as tables for people and programs: its columns, one statement that reads it, and the files it is given as."""
