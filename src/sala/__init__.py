"""Sala: what a government's sectors and levels must share."""

__version__ = "0.1.0"
