"""What the columns of a file are, guessed from their names in Portuguese and English; people may say otherwise.

A target is "" (left out), one of `TARGETS`, or `field:<key>` of a declared field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.core.errors import TramaError
from engine.services.contact_search import folded
from engine.store.contact_fields import FieldRow

TARGETS = ("name", "surname", "phone", "email", "cpf", "language", "tags")
_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("nome", "nome completo", "name", "full name", "cliente", "contato", "contact", "nome do cliente",
             "razao social", "first name", "primeiro nome", "customer", "nome cliente"),
    "surname": ("sobrenome", "last name", "surname", "family name", "ultimo nome"),
    "phone": ("telefone", "celular", "whatsapp", "fone", "phone", "mobile", "phone number", "numero", "tel",
              "telefone celular", "numero de telefone", "cell", "whats", "wpp", "zap", "mobile phone", "number"),
    "email": ("email", "e mail", "mail", "email address", "endereco de email", "correio eletronico"),
    "cpf": ("cpf", "documento", "cpf cliente", "document", "cpf do cliente", "doc", "tax id"),
    "language": ("idioma", "lingua", "language", "locale"),
    "tags": ("tags", "tag", "etiquetas", "etiqueta", "labels", "label", "marcadores", "grupos", "groups"),
}  # fmt: skip
_TARGET = {name: target for target, names in _NAMES.items() for name in names}


def known(header: str) -> str:
    """Words of a header, as they are compared."""
    return " ".join(re.findall(r"[a-z0-9]+", folded(header)))


def propose(headers: Sequence[str], fields: Sequence[FieldRow]) -> list[str]:
    """A target for each header; each but `tags` at most once."""
    own = {known(name): f"field:{f.key}" for f in fields for name in (f.key, f.label)}
    found: list[str] = []
    for header in headers:
        words = known(header)
        target = _TARGET.get(words) or own.get(words, "")
        found.append(target if target == "tags" or target not in found else "")
    return found


def is_header(cells: Sequence[str], fields: Sequence[FieldRow]) -> bool:
    """Whether the first line names columns: one of the names is known, or nothing in it is a value."""
    return any(propose(cells, fields)) or not any(re.search(r"\d{3}|@", cell) for cell in cells)


def check(mapping: Sequence[str], headers: Sequence[str], fields: Sequence[FieldRow]) -> list[str]:
    """Raises `import:bad-mapping`, `import:nobody` when no column tells who a line is about."""
    targets = {"", *TARGETS, *(f"field:{f.key}" for f in fields)}
    if len(mapping) != len(headers):
        raise TramaError(
            "import:bad-mapping", f"{len(headers)} columns, {len(mapping)} targets", path="/mapping"
        )
    for n, target in enumerate(mapping):
        if target not in targets:
            raise TramaError("import:bad-mapping", f"unknown target {target[:60]}", path=f"/mapping/{n}")
        if target and target != "tags" and target in mapping[:n]:
            raise TramaError("import:bad-mapping", f"{target} twice", path=f"/mapping/{n}")
    if not {"name", "phone", "email", "cpf"} & set(mapping):
        raise TramaError("import:nobody", "map a name, a number, an address or a CPF", path="/mapping")
    return list(mapping)
