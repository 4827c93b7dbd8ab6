"""Texts with substitutions: `Olá {{ contact.name | first | default("cliente") }}`.

Deliberately not Jinja2: a flow's text is written by people who must not be able to loop, call or allocate, so there
are only paths and filters (`engine.core.filters`). One filter repeats a pattern over a list, with single braces:
`{{ invoices | lines("• {due_date | date}: {amount | brl}") }}`. What a contact writes is never compiled.

A path reads dictionaries by key and lists by index; what is absent is an empty text (the static check warns).
Errors: `template:syntax`, `template:unknown-filter`, `template:too-large`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from engine.core.errors import TramaError
from engine.core.filters import FILTERS, shown

LARGEST = 65_536
"""Characters that a rendered text may have."""
LONGEST_LIST = 100
"""Items that `lines` repeats over; the rest is counted."""

_DOUBLE = re.compile(r"\{\{(.*?)\}\}", re.S)
_SINGLE = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"^[A-Za-z_][\w-]*(\.[\w-]+)*$")
_CALL = re.compile(r"^([a-z_]+)\s*(?:\((.*)\)|:\s*(.+))?$", re.S)
_ARGUMENT = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?))\s*(,|$)""", re.S)
_PIPE = re.compile(r"""\|(?=(?:[^"'\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*$)""", re.S)


class _Hole(NamedTuple):
    path: tuple[str, ...]
    filters: tuple[tuple[str, tuple[Any, ...]], ...]


class Template:
    """A compiled text. `paths` are the dotted paths that it reads, without those inside `lines`; `reads` the same
    with whether a `default` makes up for an absent value."""

    __slots__ = ("_parts", "paths", "reads", "source")

    def __init__(self, source: str, holes: re.Pattern[str] = _DOUBLE) -> None:
        self.source = source
        parts: list[str | _Hole] = []
        end = 0
        for found in holes.finditer(source):
            if found.start() > end:
                parts.append(source[end : found.start()])
            parts.append(_parse(found.group(1)))
            end = found.end()
        if end < len(source):
            parts.append(source[end:])
        self._parts = tuple(parts)
        filled = [p for p in parts if isinstance(p, _Hole)]
        self.paths = tuple(".".join(p.path) for p in filled)
        self.reads = tuple((".".join(p.path), any(f[0] == "default" for f in p.filters)) for p in filled)

    def render(self, data: Mapping[str, Any], zone: str = "America/Sao_Paulo") -> str:
        """The text with its holes filled from `data`."""
        parts = self._parts
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        out: list[str] = []
        size = 0
        for part in parts:
            text = part if isinstance(part, str) else shown(_value(part, data, zone))
            size += len(text)
            if size > LARGEST:
                raise TramaError("template:too-large", f"the text would have more than {LARGEST} characters")
            out.append(text)
        return "".join(out)

    def value(self, data: Mapping[str, Any], zone: str = "America/Sao_Paulo") -> Any:
        """The bare value where the text is one substitution and nothing else; otherwise the rendered text."""
        parts = self._parts
        if len(parts) == 1 and isinstance(parts[0], _Hole):
            return _value(parts[0], data, zone)
        return self.render(data, zone)


@lru_cache(maxsize=8192)
def template(source: str) -> Template:
    """The compiled text, remembered. Raises TramaError on bad syntax."""
    return Template(source)


def fill(value: Any, data: Mapping[str, Any], zone: str = "America/Sao_Paulo") -> Any:
    """JSON with every text in it substituted; a text that is one hole keeps its value's type."""
    match value:
        case str():
            return template(value).value(data, zone) if "{{" in value else value
        case list():
            return [fill(v, data, zone) for v in value]
        case dict():
            return {k: fill(v, data, zone) for k, v in value.items()}
    return value


def look_up(path: tuple[str, ...] | list[str], data: Any) -> Any:
    """The value at a path, None where anything on the way is absent."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def _parse(inside: str) -> _Hole:
    path, *calls = (piece.strip() for piece in _PIPE.split(inside))
    if not _PATH.match(path):
        raise TramaError("template:syntax", f"{path!r} is not a path such as contact.name")
    return _Hole(tuple(path.split(".")), tuple(_parse_call(call) for call in calls))


def _parse_call(call: str) -> tuple[str, tuple[Any, ...]]:
    found = _CALL.match(call)
    if found is None:
        raise TramaError("template:syntax", f"{call!r} is not a filter such as default('x')")
    name = found.group(1)
    if name not in FILTERS and name != "lines":
        raise TramaError(
            "template:unknown-filter", f"there is no filter {name!r}; there are {', '.join(sorted(FILTERS))}"
        )
    rest = found.group(2) if found.group(2) is not None else found.group(3)
    args: list[Any] = []
    position = 0
    while rest and position < len(rest):
        part = _ARGUMENT.match(rest, position)
        if part is None:
            raise TramaError("template:syntax", f"{rest!r} are not arguments (texts in quotes, or numbers)")
        double, single, number, _ = part.groups()
        if number is not None:
            args.append(float(number) if "." in number else int(number))
        else:
            text = double if double is not None else single
            args.append(re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), text))
        position = part.end()
    if name == "lines":
        if len(args) != 1 or not isinstance(args[0], str):
            raise TramaError("template:syntax", "lines wants one pattern in quotes")
        args = [Template(args[0], _SINGLE)]
    return name, tuple(args)


def _value(hole: _Hole, data: Mapping[str, Any], zone: str) -> Any:
    value = look_up(hole.path, data)
    for name, args in hole.filters:
        if name == "lines":
            value = _lines(value, args[0], zone)
            continue
        try:
            value = FILTERS[name].apply(value, zone, *args)
        except (TypeError, ValueError, OverflowError) as error:
            raise TramaError("template:bad-argument", f"{name}: {error}") from error
    return value


def _lines(value: Any, pattern: Template, zone: str) -> str:
    if not isinstance(value, list):
        return shown(value)
    out: list[str] = []
    size = 0
    for n, item in enumerate(value[:LONGEST_LIST], 1):
        line = pattern.render({**item, "n": n} if isinstance(item, dict) else {"item": item, "n": n}, zone)
        size += len(line) + 1
        if size > LARGEST:
            raise TramaError("template:too-large", f"the list would have more than {LARGEST} characters")
        out.append(line)
    if len(value) > LONGEST_LIST:
        out.append(f"(+{len(value) - LONGEST_LIST})")
    return "\n".join(out)
