"""OGC API at /ogc/: Features (Part 1 Core) over layers and boundaries, Records over datasets and documents."""
