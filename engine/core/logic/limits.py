"""The bounds of a rule. They are wide for any rule a person writes and narrow for one written to do harm."""

from __future__ import annotations

from typing import Final

DEPTH: Final = 100
"""Levels of nesting in a rule, literals included."""

NODES: Final = 5_000
"""Operators and literals in a rule."""

LOOPS: Final = 8
"""Iterators and `try` inside one another; CPython itself refuses more than 20 blocks."""

FUEL: Final = 3_000_000
"""What one evaluation may spend: a loop pays its items times the size of its body, a text or list that is
made pays its length."""

TEXT: Final = 100_000
"""Characters in a text that a rule makes."""

ITEMS: Final = 100_000
"""Members of a list that a rule makes."""

INTEGER: Final = 10**36
"""Magnitude of a whole number that a rule makes (a bar code of 44 digits is text, not a number)."""

RESULT_DEPTH: Final = 100
"""Levels of nesting in a list that `reduce` builds."""

DIGITS: Final = 200
"""Characters of a text that is read as a number."""

PATTERN: Final = 500
"""Characters of a regular expression."""

PATTERN_SECONDS: Final = 0.05
"""Time that one `matches` may take."""
