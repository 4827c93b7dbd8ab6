"""How what is kept of a contact is written for people."""

from __future__ import annotations

from builder_ui.elements.states import Tone
from builder_ui.texts import Texts
from engine.services.views import ContactRow, FieldRow, TagRow

COLORS: tuple[Tone, ...] = ("plain", "info", "good", "warn", "bad")


def phone(number: str) -> str:
    """A Brazilian number as people write it, others with a plus."""
    if number.startswith("55") and len(number) in (12, 13):
        local = number[4:]
        return f"({number[2:4]}) {local[:-4]}-{local[-4:]}"
    return f"+{number}" if number.isdigit() else number


def cpf(digits: str) -> str:
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}" if len(digits) == 11 else digits


def name(t: Texts, row: ContactRow) -> str:
    return row.name or phone(row.phone) or row.email or t("ct.nameless")


def value(t: Texts, field: FieldRow | None, kept: object) -> str:
    """A value of one of the company's fields."""
    kind = field.kind if field else "text"
    match kept:
        case bool():
            return t("ct.yes") if kept else t("ct.no")
        case int() | float() if kind in ("number", "money"):
            text = f"{kept:,.2f}" if kind == "money" else f"{kept:,}"
            if t.language != "en":
                text = text.translate(str.maketrans(",.", ".,"))
            return f"R$ {text}" if kind == "money" else text
        case str() if kind == "date" and len(kept) == 10:
            return f"{kept[8:]}/{kept[5:7]}/{kept[:4]}"
        case str() if kind == "phone":
            return phone(kept)
        case str() if kind == "cpf":
            return cpf(kept)
        case _:
            return str(kept)


def evidence(t: Texts, kind: str, said: str) -> str:
    """Why two are taken for one."""
    written = {"phone": phone, "cpf": cpf}.get(kind, str)(said)
    return t(f"ct.same.{kind}", value=written) if said else t(f"ct.shares.{kind}")


def tones(tags: list[TagRow]) -> dict[str, Tone]:
    known: dict[str, Tone] = {}
    for tag in tags:
        known[tag.name] = next((c for c in COLORS if c == tag.color), "plain")
    return known
