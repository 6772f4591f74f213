"""What ties the parts together: settings, addresses, the list of nouns, the command."""
