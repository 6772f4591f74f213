"""Collection: forms asked of villages, schools, districts and inspectors, and the answers they send up the levels."""
