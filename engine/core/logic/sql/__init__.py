"""Segments: a rule as a PostgreSQL condition that selects the same rows as the rule does in Python.

What cannot be said exactly is left as a residue, a rule for the rows that the condition selects; nothing is
approximated. NULL counts as false in a condition, so a positive comparison stays a plain, indexable `=`.
"""

from __future__ import annotations

from engine.core.logic.sql.columns import Column, SqlQuery
from engine.core.logic.sql.conditions import to_sql

__all__ = ["Column", "SqlQuery", "to_sql"]
