"""How each noun is found: title, words, place, owner, topics; and which relations are read for that. A file for each part."""
