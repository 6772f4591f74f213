"""Files for people: how a round stands, and answers as tables."""
