"""What the calls of this part ask exactly (sala.duties.asking)."""
