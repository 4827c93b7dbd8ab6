"""References to a company's secrets in what an author wrote: `{"secret": "name"}` stands for the secret's value.

Only references that stand in the flow itself count. What substitutions bring in (a contact's words, another system's
answer) may look the same and must stay data, so the references are found before anything is filled in, and travel as
JSON pointers beside the arguments.
"""

from __future__ import annotations

from typing import Any

from engine.core.errors import pointer

MEMBER = "secrets"
"""Member of a call's arguments that lists the pointers."""


def references(value: Any, path: str = "") -> list[str]:
    """JSON pointers of the references in `value`, as the author wrote it."""
    match value:
        case {"secret": str(name), **rest} if not rest and "{{" not in name:
            return [path]
        case dict():
            return [found for key, inner in value.items() for found in references(inner, path + pointer(key))]
        case list():
            return [found for n, inner in enumerate(value) for found in references(inner, path + pointer(n))]
    return []


def parts(path: str) -> list[str]:
    """The unescaped parts of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
