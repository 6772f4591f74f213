"""Calls on their way, as the tests of duties make them."""

from tests.duties.conftest import drafted, issued, submitted

__all__ = ["drafted", "issued", "submitted"]
