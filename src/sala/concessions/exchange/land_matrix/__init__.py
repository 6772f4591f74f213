"""The export format of the Land Matrix (six tables in a zip or a workbook), and its older tables.

Read and written from the description of its columns; `headings` and `labels` are what both sides share. Reading is done
in the child process (`reading`), where nothing of Django is at hand.
"""
