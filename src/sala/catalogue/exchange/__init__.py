"""What other programs read of the catalogue: CKAN's actions, DCAT, Dublin Core, schema.org and Croissant.

All of them begin with records.py, which reads released datasets as one actor sees them.
"""
