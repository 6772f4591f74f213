"""Taking concessions in from other registers and giving them out: formats apart from tables of ours."""
