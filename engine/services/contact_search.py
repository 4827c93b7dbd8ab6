"""What is typed into the search of contacts, turned into the filters that the database knows.

Words are beginnings of words of the name ("mar sil" finds María da Silva). Digits are a number in any spelling or the
beginning of a CPF, an @ makes an e-mail address of it, a # a tag. What is typed apart must fit together.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

import msgspec

from connectors.phone import BRAZIL
from engine.services.contact_values import phone_key
from engine.store.contacts import ContactState
from engine.store.payloads import clean

FEWEST_DIGITS = 4
TYPED_DIGITS = 7
_NUMBER = re.compile(r"^[+(\d][\d\s().+/-]*$")
_TOKEN = re.compile(r"[^\W_]+")
_FOLD = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn")
_LIKE = re.compile(r"([\\%_])")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """None and "" ask for nothing. `topic` with `granted`: what the contact said last about it."""

    words: str = ""
    tag: str = ""
    channel: int | None = None
    field: str = ""
    opted_out: bool | None = None
    topic: str = ""
    granted: bool = True
    created_from: datetime | None = None
    created_to: datetime | None = None
    seen_from: datetime | None = None
    seen_to: datetime | None = None
    state: ContactState = "active"


def compiled(asked: Filters) -> dict[str, Any]:
    """As `trama_contacts_where` takes them."""
    made: dict[str, Any] = {"state": asked.state}
    for name in ("channel", "opted_out", "created_from", "created_to", "seen_from", "seen_to"):
        value = getattr(asked, name)
        if value is not None:
            made[name] = value
    for name in ("tag", "field"):
        if getattr(asked, name):
            made[name] = clean(getattr(asked, name))
    if asked.topic:
        made |= {"topic": clean(asked.topic), "granted": asked.granted}
    return made | _typed(clean(asked.words).strip()[:200])


def _typed(text: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    words: list[str] = []
    digits = ""
    if _NUMBER.match(text) and len(re.sub(r"\D", "", text)) >= FEWEST_DIGITS:
        digits = re.sub(r"\D", "", text)
    else:
        for part in text.split():
            bare = re.sub(r"\D", "", part)
            if part.startswith("#") and len(part) > 1:
                made["tag"] = part[1:]
            elif "@" in part:
                made["email"] = _escaped(part.lower()) + "%"
            elif _NUMBER.match(part) and len(bare) >= FEWEST_DIGITS:
                digits += bare
            else:
                words += _TOKEN.findall(folded(part))
    if words:
        made["words"] = " & ".join(f"{word}:*" for word in words[:8])
    elif text and not digits and "tag" not in made and "email" not in made:
        # only signs: nothing is called so
        made["words"] = "'\u0001'"
    return made | (_number(digits) if digits else {})


def folded(text: str) -> str:
    """As `trama_fold` does it."""
    return unicodedata.normalize("NFC", text).lower().translate(_FOLD)


def _number(digits: str) -> dict[str, Any]:
    """`tail` is compared with the number read backwards, the heads with its beginning, `cpf` with that of a CPF."""
    digits = digits[:20]
    bare = digits.lstrip("0") or digits
    national = bare[2:] if bare.startswith(BRAZIL) and len(bare) in (12, 13) else bare
    key = phone_key(BRAZIL + national).removeprefix(BRAZIL) if len(national) in (10, 11) else national
    # a mobile number without its area code
    if len(key) == 9 and key[0] == "9":
        key = key[1:]
    made = {"tail": key[::-1] + "%", "cpf": f"{digits}%"}
    if len(national) >= TYPED_DIGITS:
        # as it is being typed: area code, ninth digit, and the rest to come. With less, half the base begins so
        without_ninth = national[:2] + national[3:] if national[2] == "9" else national
        made |= {"head": f"{BRAZIL}{without_ninth}%", "head2": f"{bare}%"}
    return made


def _escaped(text: str) -> str:
    return _LIKE.sub(r"\\\1", text)
