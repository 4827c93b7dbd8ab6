"""From a file's line to what is done with it: the values it holds, whom it is about, and what becomes of them.

All or nothing: a line with one value that cannot be is refused with all its faults, and nothing of it is taken in.
Deciding is pure; `engine.services.contact_import` reads and writes around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from engine.core.errors import TramaError
from engine.services import contact_values
from engine.store.contact_fields import FieldRow
from engine.store.contacts import Values

Rule = Literal["update", "skip"]
Verdict = Literal["created", "updated", "unchanged", "skipped", "failed"]
Kind = Literal["phone", "email", "cpf"]
Key = tuple[Kind, str]


class Fault(NamedTuple):
    """`field` is the mapping's target; `value` what stands in the file, or the line that it repeats."""

    field: str
    code: str
    value: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A line that can be taken in. "" and absent fields say nothing."""

    line: int
    name: str = ""
    phone: str = ""
    email: str = ""
    cpf: str = ""
    language: str = ""
    tags: list[str] = []
    fields: dict[str, Any] = {}

    def handles(self) -> list[Key]:
        found: list[Key] = [("phone", contact_values.phone_key(self.phone))] if self.phone else []
        found += [("email", self.email)] if self.email else []
        return [*found, ("cpf", self.cpf)] if self.cpf else found


def read(
    line: int, cells: Sequence[str], mapping: Sequence[str], fields: Mapping[str, FieldRow]
) -> Draft | list[Fault]:
    """The line's values, or everything that is wrong with them."""
    if any(cells[len(mapping) :]):
        return [Fault("", "import:too-many-columns", str(len(cells)))]
    values: dict[str, Any] = {}
    own: dict[str, Any] = {}
    tags: list[str] = []
    faults: list[Fault] = []
    for cell, target in zip(cells, mapping, strict=False):
        if not target or not cell.strip():
            continue
        try:
            match target:
                case "phone":
                    values["phone"] = contact_values.phone(cell)
                case "email":
                    values["email"] = contact_values.email(cell)
                case "cpf":
                    values["cpf"] = contact_values.cpf(cell)
                case "tags":
                    tags += contact_values.tags([t for t in re.split(r"[,;|]", cell) if t.strip()])
                case "name" | "surname" | "language":
                    values[target] = contact_values.plain(cell)
                case _:
                    key = target.removeprefix("field:")
                    own[key] = contact_values.field(fields[key], cell, f"/fields/{key}")
        except TramaError as fault:
            faults.append(Fault(target, fault.code, cell[:200]))
    if faults:
        return faults
    name = f"{values.pop('name', '')} {values.pop('surname', '')}".strip()[:200]
    if not (name or values.get("phone") or values.get("email") or values.get("cpf")):
        return [Fault("", "import:nobody")]
    values["language"] = values.get("language", "")[:16]
    return Draft(line=line, name=name, tags=list(dict.fromkeys(tags)), fields=own, **values)


class Standing(msgspec.Struct, kw_only=True, gc=False):
    """A contact as the lines so far have made it. `id` is 0 for a new one; `line` is the first of this file that was
    about it, 0 for none."""

    id: int
    values: Values
    before: Values | None
    line: int = 0
    changed: bool = False


class Outcome(NamedTuple):
    verdict: Verdict
    faults: list[Fault]
    contact: Standing | None = None


class Book:
    """Everybody whom the lines may be about, by their keys. Lines change it as they are decided."""

    def __init__(self, *, rule: Rule, tags: Sequence[str] = ()) -> None:
        self._rule, self._tags = rule, list(tags)
        # tuples of plain things: the collector need not look at what 200,000 lines make
        self._by_key: dict[Key, tuple[Standing, ...]] = {}
        self._erased: set[Key] = set()
        self.known: dict[int, Standing] = {}

    def enter(self, contact: int, values: Values, keys: Iterable[Key], line: int = 0) -> None:
        """A contact of the base, under the keys by which it was found."""
        one = self.known.get(contact)
        if one is None:
            one = self.known[contact] = Standing(id=contact, values=values, before=values, line=line)
        for key in keys:
            self._file(key, one)

    def erased(self, keys: Iterable[Key]) -> None:
        self._erased.update(keys)

    def decide(self, draft: Draft) -> Outcome:
        """What becomes of the line; the book knows it afterwards."""
        for kind, _ in (key for key in draft.handles() if key in self._erased):
            return Outcome("failed", [Fault(kind, "import:erased")])
        found = self._whom(draft)
        if isinstance(found, Fault):
            return Outcome("failed", [found])
        if found is None:
            blank = Values(
                name="", phone="", email="", cpf="", language="", tags=[], fields={}, opted_out=False
            )
            one = Standing(
                id=0, values=self._joined(blank, draft), before=None, line=draft.line, changed=True
            )
            for key in draft.handles():
                self._file(key, one)
            return Outcome("created", [], one)
        faults = [Fault("", "import:repeated", str(found.line))] if found.line else []
        if self._rule == "skip":
            return Outcome("skipped", faults or [Fault("", "import:known", str(found.id))], found)
        values = self._joined(found.values, draft)
        found.line = found.line or draft.line
        if values == found.values:
            return Outcome("unchanged", faults, found)
        found.values, found.changed = values, True
        for key in draft.handles():
            self._file(key, found)
        return Outcome("updated", faults, found)

    def _file(self, key: Key, one: Standing) -> None:
        under = self._by_key.get(key, ())
        if not any(other is one for other in under):
            self._by_key[key] = (*under, one)

    def _whom(self, draft: Draft) -> Standing | Fault | None:
        """Whom the line is about: by the CPF, else the number, else the address. Not by an address alone where the
        numbers or CPFs differ: families share one."""
        by_cpf = self._by_key.get(("cpf", draft.cpf), ()) if draft.cpf else []
        by_phone = (
            self._by_key.get(("phone", contact_values.phone_key(draft.phone)), ()) if draft.phone else []
        )
        by_email = self._by_key.get(("email", draft.email), ()) if draft.email else []
        for kind, found in (("cpf", by_cpf), ("phone", by_phone)):
            if len(found) > 1:
                return Fault(kind, "import:several", str(len(found)))
        if by_cpf:
            if by_phone and by_phone[0] is not by_cpf[0]:
                return Fault("phone", "import:other-contact", draft.phone)
            return by_cpf[0]
        if by_phone:
            theirs = by_phone[0].values.cpf
            if draft.cpf and theirs and theirs != draft.cpf:
                return Fault("cpf", "import:other-cpf", draft.cpf)
            return by_phone[0]
        alike = [
            one
            for one in by_email
            if not (draft.cpf and one.values.cpf and one.values.cpf != draft.cpf)
            and not (draft.phone and one.values.phone)
        ]
        return alike[0] if len(alike) == 1 else None

    def _joined(self, values: Values, draft: Draft) -> Values:
        """What the line says replaces what there was; what it does not say stays."""
        same = contact_values.phone_key(draft.phone) == contact_values.phone_key(values.phone)
        tags = [*values.tags, *(t for t in [*draft.tags, *self._tags] if t not in values.tags)]
        return Values(
            name=draft.name or values.name,
            phone=values.phone if same else draft.phone or values.phone,
            email=draft.email or values.email,
            cpf=draft.cpf or values.cpf,
            language=draft.language or values.language,
            tags=list(dict.fromkeys(tags))[: contact_values.MOST_TAGS],
            fields=values.fields | draft.fields,
            opted_out=values.opted_out,
        )
