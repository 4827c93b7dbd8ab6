"""Every test of the store works on a database of its own."""

from postgres import database, server  # noqa: F401
