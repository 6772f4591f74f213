"""Sphinx reads the manual as MyST Markdown: `sphinx-build -W docs docs/_build`."""

project = "Sala"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "alabaster"
suppress_warnings = ["myst.xref_missing"]
