"""The short reasons that the engine notes beside an exit, in the person's language."""

from __future__ import annotations

import re

from builder_ui.texts import Texts

_SAID: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\d+) tries"), "tries"),
    (re.compile(r"row (\d+)"), "row"),
    (re.compile(r"item (\d+)"), "item"),
    (re.compile(r"rated (\d+)"), "rated"),
    (re.compile(r"status (\d+)"), "status"),
    (re.compile(r"no case is true"), "no_case"),
    (re.compile(r"no row fits"), "no_row"),
    (re.compile(r"empty answer"), "empty"),
    (re.compile(r"no answer in time"), "late"),
    (re.compile(r"not a rating"), "no_rating"),
    (re.compile(r"never wrote"), "never_wrote"),
    (re.compile(r"already past"), "past"),
    (re.compile(r"open exit"), "open_exit"),
    (re.compile(r"(?:share .*|last share)"), "chance"),
    (re.compile(r"handed over"), "handed_over"),
    (re.compile(r"(?:end|closed|case .*|[a-z]+\.[a-z_]+)"), ""),
)
"""The last ones say what the exit or the step says already."""


def why_words(why: str, t: Texts) -> str:
    """A reason that is no code of ours (a holiday's name, a reason that the author gave) stays as it is."""
    for pattern, name in _SAID:
        found = pattern.fullmatch(why)
        if found is not None:
            said = found.groups()[0] if found.groups() else ""
            return t(f"proof.reason.{name}", n=said) if name else ""
    return why
