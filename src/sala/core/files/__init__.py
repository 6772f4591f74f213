"""Reading files that others made. Everything here that opens one runs in the child process only (see child)."""
