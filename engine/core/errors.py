"""The one error type of the product.

Every failure that a person or another system can see carries a stable code `area:slug`, the place in the
document that is at fault (a JSON pointer) and a sentence that says what is wrong and what to do.
The screens translate the code through their catalogue; `detail` is the English text of last resort.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"^[a-z][a-z0-9_]*:[a-z0-9][a-z0-9_-]*$")


class TramaError(Exception):
    """A failure with a stable `code` (`area:slug`), a JSON pointer `path` ("" = the whole) and a text.

    Raises ValueError when the code is malformed: a code is an interface, not a message.
    """

    def __init__(self, code: str, detail: str = "", *, path: str = "") -> None:
        if not _CODE.match(code):
            raise ValueError(f"error code {code!r} is not of the form area:slug")
        super().__init__(f"{code}{f' at {path}' if path else ''}{f': {detail}' if detail else ''}")
        self.code = code
        self.detail = detail
        self.path = path

    def under(self, prefix: str) -> TramaError:
        """The same error, its path moved below `prefix` (used when a part is checked inside a whole)."""
        moved = type(self)(self.code, self.detail, path=prefix + self.path)
        moved.__cause__ = self
        return moved


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901) from its unescaped parts: `pointer("nodes", 3)` is `/nodes/3`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
