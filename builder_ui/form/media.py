"""Attachments and places."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from nicegui import events, ui

from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Entry, Writer
from builder_ui.form.field import frame, framed, label_of
from builder_ui.form.rows import Rows
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet, below
from builder_ui.form.text import as_text, channel_limits, follow
from builder_ui.form.words import words
from engine.core.errors import TramaError
from engine.services import uploads
from engine.services.uploads import ACCEPTED

KINDS = tuple(ACCEPTED)


def media(sheet: Sheet, spec: Spec, path: str) -> None:
    """The attachments of a message."""
    t = sheet.t

    def one(place: int) -> None:
        attachment_fields(sheet, spec, below(path, place))

    with framed(sheet, spec, path, group=True):
        Rows(
            sheet, path, one, lambda: {"kind": "image", "url": ""}, add=t("form.media.add"),
            title=lambda n: t("form.media.one", n=n + 1), most=spec.limit("maxItems") or 10,
        ).draw()  # fmt: skip


def attachment(sheet: Sheet, spec: Spec, path: str) -> None:
    """One attachment, or none."""
    _optional(sheet, spec, path, {"kind": "image", "url": ""}, lambda: attachment_fields(sheet, spec, path))


def location(sheet: Sheet, spec: Spec, path: str) -> None:
    """A place on the map, or none."""

    def draw() -> None:
        with node("div", "tf-columns"):
            for name in ("latitude", "longitude"):
                _number(sheet, below(path, name), label_of(sheet.t, "locationpart", name))
        for name in ("name", "address"):
            _line(sheet, below(path, name), label_of(sheet.t, "locationpart", name))

    _optional(sheet, spec, path, {"latitude": -23.55, "longitude": -46.63}, draw)


def _optional(sheet: Sheet, spec: Spec, path: str, fresh: dict[str, Any], fields: Any) -> None:
    t = sheet.t

    def there() -> bool:
        return isinstance(sheet.read(path), dict)

    async def add() -> None:
        await sheet.write(path, dict(fresh))

    async def drop() -> None:
        await sheet.write(path, UNSET)

    def draw() -> None:
        if not there():
            if sheet.desk.editable:
                press(t("form.add_it", name=label_of(t, spec.owner, spec.name)), add, "tf-add", icon="add")
            return
        with node("div", "tf-card"):
            fields()
            if sheet.desk.editable:
                press(t("form.drop_it"), drop, "tf-link", icon="delete_outline")

    with framed(sheet, spec, path, group=True):
        sheet.part(draw, there)


def attachment_fields(sheet: Sheet, spec: Spec, path: str) -> None:
    """Kind, address, caption, name of the file."""
    t = sheet.t
    kind_at = below(path, "kind")
    with frame(sheet, kind_at, label_of(t, "mediapart", "kind")) as made:

        async def told(value: Any) -> None:
            made.settle(await sheet.write(kind_at, value))

        made.hold(
            Entry(
                "select",
                sheet.get(kind_at),
                told,
                options=[{"value": k, "label": t(f"choice.{k}")} for k in KINDS],
                inputId=made.ids,
                disabled=not sheet.desk.editable,
            )
        )
        follow(made, lambda: sheet.get(kind_at))
    url_at = below(path, "url")
    sheet.part(
        lambda: _bounds(sheet, str(sheet.get(kind_at, "")), url_at), lambda: sheet.get(kind_at), "tf-help"
    )
    if sheet.get(below(path, "stored")):
        word("div", t("form.media.stored"), "tf-help")
    _line(sheet, below(path, "url"), label_of(t, "mediapart", "url"), placeholder="https://", templated=True)
    inner = Spec(
        owner="mediapart", name="caption", control="words", schema={}, default="",
    )  # fmt: skip
    words(sheet, inner, below(path, "caption"))

    def draw() -> None:
        if sheet.get(kind_at) == "document":
            _line(sheet, below(path, "filename"), label_of(t, "mediapart", "filename"))

    sheet.part(draw, lambda: sheet.get(kind_at) == "document")


def _bounds(sheet: Sheet, kind: str, url_at: str) -> None:
    """What may be uploaded, and the place for it."""
    if kind not in ACCEPTED:
        return
    t, accepted = sheet.t, ACCEPTED[kind]
    endings = ", ".join(e.upper() for e in accepted.types)
    word("span", t("form.media.bounds", endings=endings, most=accepted.megabytes))
    if not sheet.desk.editable:
        return

    async def uploaded(event: events.UploadEventArguments) -> None:
        desk = sheet.desk
        try:
            body = await event.file.read()
            url = await uploads.keep(desk.rt, desk.principal.tenant, kind, event.file.name, body)
        except TramaError as fault:
            ui.notify(
                t(f"form.{fault.code.replace(':', '.')}", endings=endings, most=accepted.megabytes),
                type="warning",
            )
            return
        finally:
            event.sender.reset()  # type: ignore[attr-defined]
        await sheet.write(url_at, url)

    ui.upload(
        label=t("form.media.upload"),
        auto_upload=True,
        max_file_size=accepted.megabytes * 1_000_000,
        on_upload=uploaded,
        on_rejected=lambda: ui.notify(
            t("form.media.too-large", endings=endings, most=accepted.megabytes), type="warning"
        ),
    ).props(f'accept="{",".join("." + e for e in accepted.types)}" flat bordered').classes("tf-upload")


def _line(sheet: Sheet, at: str, label: str, *, placeholder: str = "", templated: bool = False) -> None:
    with frame(sheet, at, label) as made:

        async def told(value: Any) -> None:
            made.settle(await sheet.write(at, value or UNSET))

        made.hold(
            Writer(
                as_text(sheet.read(at)), told, inputId=made.ids, placeholder=placeholder, templated=templated,
                disabled=not sheet.desk.editable,
            )
        )  # fmt: skip
        follow(made, lambda: as_text(sheet.read(at)))


def _number(sheet: Sheet, at: str, label: str) -> None:
    with frame(sheet, at, label) as made:

        async def told(value: Any) -> None:
            made.settle(await sheet.write(at, value if value is not None else 0))

        made.hold(Entry("number", sheet.get(at), told, inputId=made.ids, disabled=not sheet.desk.editable))
        follow(made, lambda: sheet.get(at))


__all__ = ["attachment", "channel_limits", "location", "media"]
