"""Pairs of a name and a value: arguments, headers, results, fields of a contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Entry, Pick, Writer
from builder_ui.form.field import Frame, frame, framed, label_of
from builder_ui.form.jsontext import escape, understood, written
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet
from builder_ui.form.text import as_text, follow, settled

ERP_ARGS: Mapping[str, tuple[str, ...]] = {
    "customer": ("cpf", "id"),
    "invoices": ("customer_id", "status"),
    "invoice": ("id",),
    "meter_readings": ("customer_id",),
    "agreements": ("customer_id",),
    "propose_agreement": ("customer_id", "instalments", "invoices", "key"),
    "accept_agreement": ("agreement_id",),
    "payment_link": ("customer_id", "invoices", "agreement", "key"),
}
"""What each operation of the ERP takes; the first is what it cannot do without."""
COLUMNS = ("name", "email", "cpf", "phone", "language")


class Pairs:
    """The object at `path`. `known` are names that are offered, `asked` those that always have a row."""

    def __init__(
        self,
        sheet: Sheet,
        spec: Spec,
        path: str,
        *,
        known: Callable[[], Mapping[str, str]] | None = None,
        asked: Callable[[], list[str]] | None = None,
        secrets: bool = False,
        values: Callable[[], list[Any]] | None = None,
        hint: str = "",
    ) -> None:
        self.sheet, self.spec, self.path = sheet, spec, path
        self.known = known
        self.asked = asked
        self.secrets = secrets
        self.values = values
        self.hint = hint

    @property
    def value(self) -> dict[str, Any]:
        found = self.sheet.get(self.path, {})
        return found if isinstance(found, dict) else {}

    def names(self) -> list[str]:
        asked = self.asked() if self.asked is not None else []
        return [*asked, *(n for n in self.value if n not in asked)]

    def draw(self) -> None:
        with framed(self.sheet, self.spec, self.path, group=True):
            self.part = self.sheet.part(self._draw, self._make_up)

    def _make_up(self) -> object:
        return (tuple(self.names()), tuple(type(v).__name__ for v in self.value.values()), self._offered())

    def _offered(self) -> tuple[str, ...]:
        known = self.known() if self.known is not None else {}
        return tuple(n for n in known if n not in self.value)

    def _draw(self) -> None:
        sheet, t = self.sheet, self.sheet.t
        if self.hint:
            word("div", self.hint, "tf-help")
        for name in self.names():
            with node("div", "tf-pair"):
                self._row(name)
        if not sheet.desk.editable:
            return
        with node("div", "tf-pair-new"):
            offered = self._offered()
            Pick(
                "",
                self._add,
                options=[{"value": n, "label": self._title(n)} for n in offered],
                free=True,
                placeholder=t("form.pairs.add"),
                label=t("form.pairs.add"),
            )

    def _title(self, name: str) -> str:
        if self.spec.name == "fields" and name in COLUMNS:
            return label_of(self.sheet.t, "contact", name)
        said = self.sheet.t.known("form.arg", name)
        return name if said == name else said

    def _row(self, name: str) -> None:
        sheet, t = self.sheet, self.sheet.t
        at = f"{self.path}/{escape(name)}"
        with frame(sheet, at, self._title(name)) as made, node("div", "tf-inline"):
            held = sheet.read(at)
            if isinstance(held, dict) and set(held) == {"secret"}:
                made.hold(
                    Pick(
                        held["secret"],
                        self._secret(made, at),
                        source="secrets",
                        free=True,
                        inputId=made.ids,
                        placeholder=t("form.secret"),
                        disabled=not sheet.desk.editable,
                    )
                )
                follow(made, lambda: _secret_of(sheet.get(at)))
            elif self.values is not None:
                made.hold(
                    Pick(
                        as_text(held),
                        self._text(made, at),
                        options=self.values(),
                        free=True,
                        inputId=made.ids,
                        disabled=not sheet.desk.editable,
                    )
                )
                follow(made, lambda: as_text(sheet.read(at)))
            else:
                self._value(made, name, at)
            if sheet.desk.editable:
                if self.secrets:
                    press("", self._turn(at), "tf-hand", icon="key", label=t("form.secret.use"))
                if name in self.value:
                    press(
                        "",
                        self._remover(name),
                        "tf-hand",
                        icon="close",
                        label=t("form.remove", name=name),
                    )

    def _value(self, made: Frame, name: str, at: str) -> None:
        """Texts may hold variables; other JSON is shown as JSON and kept as such."""
        sheet = self.sheet
        kind = (self.known() if self.known is not None else {}).get(name, "")
        held = sheet.read(at)
        if kind == "boolean" and (held is UNSET or isinstance(held, bool)):
            options = [
                {"value": v, "label": sheet.t(k)}
                for v, k in ((None, "form.none"), (True, "form.yes"), (False, "form.no"))
            ]
            made.hold(
                Entry(
                    "select",
                    None if held is UNSET else held,
                    self._plain(made, at),
                    options=options,
                    inputId=made.ids,
                )
            )
            follow(made, lambda: sheet.get(at))
            return
        if kind == "money" and (held is UNSET or isinstance(held, int)):
            made.hold(
                Entry("money", None if held is UNSET else held, self._plain(made, at), inputId=made.ids)
            )
            follow(made, lambda: sheet.get(at))
            return

        def shown() -> str:
            found = sheet.read(at)
            return found if isinstance(found, str) else "" if found in (UNSET, None) else written(found)

        made.hold(
            Writer(
                shown(),
                self._text(made, at),
                inputId=made.ids,
                templated=True,
                multiline=isinstance(held, dict | list),
                mono=isinstance(held, dict | list),
                disabled=not sheet.desk.editable,
            )
        )
        follow(made, shown)

    # -- writing ------------------------------------------------------------------------------------------------

    async def _put(self, made: Frame, at: str, value: Any) -> None:
        sheet = self.sheet
        words = sheet.t("form.did.set", field=label_of(sheet.t, self.spec.owner, self.spec.name))
        name = at.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        if sheet.read(self.path) is UNSET:
            made.settle(await sheet.write(self.path, {name: value}, words=words))
        else:
            made.settle(await sheet.write(at, value, words=words))

    def _text(self, made: Frame, at: str) -> Callable[[Any], Any]:
        async def told(value: Any) -> None:
            before = self.sheet.read(at)
            said: Any = str(value)
            if before is not UNSET and not isinstance(before, str):
                # a number stays a number, a list a list, where what is typed still is one
                found, wrong = understood(said)
                said = said if wrong else found
            await self._put(made, at, said)

        return told

    def _plain(self, made: Frame, at: str) -> Callable[[Any], Any]:
        async def told(value: Any) -> None:
            if value is None:
                await self._drop(at.rpartition("/")[2])
            else:
                await self._put(made, at, value)

        return told

    def _secret(self, made: Frame, at: str) -> Callable[[Any], Any]:
        async def told(value: Any) -> None:
            await self._put(made, at, {"secret": str(value)})

        return told

    def _turn(self, at: str) -> Callable[[], Any]:
        async def turned() -> None:
            held = self.sheet.get(at)
            secret = isinstance(held, dict) and set(held) == {"secret"}
            await self.sheet.write(at, "" if secret else {"secret": ""})
            self.part.redraw()

        return turned

    async def _add(self, name: Any) -> None:
        said = str(name).strip()
        if said and said not in self.value:
            words = self.sheet.t(
                "form.did.set", field=label_of(self.sheet.t, self.spec.owner, self.spec.name)
            )
            await self.sheet.write(self.path, {**self.value, said: ""}, words=words)
        self.part.redraw()

    def _remover(self, name: str) -> Callable[[], Any]:
        async def removed() -> None:
            await self._drop(escape(name))

        return removed

    async def _drop(self, escaped: str) -> None:
        name = escaped.replace("~1", "/").replace("~0", "~")
        left = {k: v for k, v in self.value.items() if k != name}
        await self.sheet.write(self.path, settled(self.spec, left), words=self.sheet.t("form.did.remove"))
        self.part.redraw()


def _secret_of(value: Any) -> str:
    return str(value.get("secret", "")) if isinstance(value, dict) else ""


def mapping(sheet: Sheet, spec: Spec, path: str) -> None:
    """Free names."""
    Pairs(sheet, spec, path, secrets=spec.name == "headers").draw()


def contact_fields(sheet: Sheet, spec: Spec, path: str) -> None:
    """The card's own columns and the company's custom fields."""

    def known() -> dict[str, str]:
        return {**dict.fromkeys(COLUMNS, "text"), **dict.fromkeys(sheet.directory.fields, "any")}

    Pairs(sheet, spec, path, known=known).draw()


def erp_args(sheet: Sheet, spec: Spec, path: str) -> None:
    """What the chosen operation takes."""

    def takes() -> tuple[str, ...]:
        return ERP_ARGS.get(str(sheet.get("/operation", "")), ())

    def known() -> dict[str, str]:
        return dict.fromkeys(takes(), "any")

    def asked() -> list[str]:
        held = sheet.get(path, {})
        wants = takes()[:1]
        return [n for n in wants if not (n == "cpf" and isinstance(held, dict) and "id" in held)]

    Pairs(sheet, spec, path, known=known, asked=asked).draw()


def _called(sheet: Sheet) -> Any:
    ident = str(sheet.get("/flow", ""))
    return next((f for f in sheet.directory.flows if f.id == ident), None)


def arguments(sheet: Sheet, spec: Spec, path: str) -> None:
    """The arguments of the flow that is called, each with its type."""

    def known() -> dict[str, str]:
        flow = _called(sheet)
        return {} if flow is None else dict(flow.arguments)

    Pairs(sheet, spec, path, known=known, asked=lambda: list(known())).draw()


def results(sheet: Sheet, spec: Spec, path: str) -> None:
    """A variable here for each result of the flow that is called."""

    def values() -> list[Any]:
        flow = _called(sheet)
        return [] if flow is None else list(flow.results)

    def known() -> dict[str, str]:
        return {v.name: "any" for v in sheet.desk.document.variables}

    Pairs(sheet, spec, path, known=known, values=values, hint=sheet.t("form.results.hint")).draw()
