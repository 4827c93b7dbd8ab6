"""Fields of one text: a word, a line, an area. A text that goes out to people has chips, emoji and counters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import UNSET

from builder_ui.form.elements import Entry, Pick, Told, Writer
from builder_ui.form.field import Frame, described, framed, help_of, label_of
from builder_ui.form.jsontext import written
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Found, Sheet
from engine.services.hints import limits

CHANNELS = ("whatsapp_cloud", "webchat")
"""Channels whose limits are counted against, in the order of the preview."""


def settled(spec: Spec, value: Any) -> Found:
    """What is written for a value: nothing where it is the default."""
    empty = value is None or value in ("", [], {})
    is_default = value == spec.default and type(value) is type(spec.default)
    if not spec.required and (empty or is_default):
        return UNSET
    return "" if value is None else value


def writer(made: Frame, spec: Spec, path: str) -> Told:
    """Writes what is settled on, and says whether it could be."""

    async def told(value: Any) -> None:
        sheet = made.sheet
        if sheet.raw is None:
            return
        words = sheet.t("form.did.set", field=label_of(sheet.t, spec.owner, spec.name))
        made.settle(await sheet.write(path, settled(spec, value), words=words))

    return told


def follow(made: Frame, shown: Callable[[], Any]) -> None:
    """Let the input show what the document says."""

    def look() -> None:
        if made.input is not None:
            made.input.show(shown())

    made.sheet.watch(look)


def as_text(value: Found) -> str:
    """A value in a field for texts; what is no text is shown as JSON."""
    if value is UNSET or value is None:
        return ""
    return value if isinstance(value, str) else written(value)


def text(sheet: Sheet, spec: Spec, path: str) -> None:
    """`word` (a name, no variables), `line`, or `area`."""
    if (
        spec.owner in ("erp_lookup", "http_request", "ask", "set_variable", "wait", "csat", "menu")
        and spec.name == "save_as"
    ):
        _variable(sheet, spec, path)
        return
    with framed(sheet, spec, path) as made:
        help_text = help_of(sheet.t, spec.owner, spec.name)

        def shown() -> str:
            return as_text(sheet.read(path))

        templated = spec.control != "word"
        made.hold(
            Writer(
                shown(),
                writer(made, spec, path),
                inputId=made.ids,
                multiline=spec.control == "area",
                templated=templated,
                tools=spec.control == "area",
                placeholder=str(spec.default or ""),
                needed=spec.required,
                disabled=not sheet.desk.editable,
                described=described(made, help_text),
                limits=count_against(spec),
            )
        )
        follow(made, shown)


def _variable(sheet: Sheet, spec: Spec, path: str) -> None:
    """The name of a variable: one that there is, or a new one."""
    with framed(sheet, spec, path) as made:

        def shown() -> str:
            return as_text(sheet.read(path))

        names = sorted({v.name for v in sheet.desk.document.variables})
        made.hold(
            Pick(
                shown(),
                writer(made, spec, path),
                options=list(names),
                free=True,
                inputId=made.ids,
                placeholder=str(spec.default or ""),
                disabled=not sheet.desk.editable,
                described=described(made, help_of(sheet.t, spec.owner, spec.name)),
            )
        )
        follow(made, shown)


def count_against(spec: Spec) -> list[dict[str, Any]]:
    most = spec.limit("maxLength")
    return [{"name": "", "most": most}] if most and most <= 4000 and spec.control != "word" else []


def channel_limits(sheet: Sheet, of: str) -> list[dict[str, Any]]:
    """The bounds of the channels for one kind of text (`text`, `button_title` …), as the counter wants them."""
    found = []
    for kind in CHANNELS:
        one = limits().get(kind)
        most = getattr(one, of) if one is not None else 0
        if most:
            found.append({"name": sheet.t.known("form.channel", kind), "most": most})
    return found


def name(sheet: Sheet, spec: Spec, path: str) -> None:
    """A word out of a list that the company has (queues, events), or a new one."""
    source = spec.control.partition(":")[2]
    with framed(sheet, spec, path) as made:

        def shown() -> str:
            return as_text(sheet.read(path))

        made.hold(
            Pick(
                shown(),
                writer(made, spec, path),
                source=source,
                free=True,
                inputId=made.ids,
                placeholder=str(spec.default or ""),
                disabled=not sheet.desk.editable,
                described=described(made, help_of(sheet.t, spec.owner, spec.name)),
            )
        )
        follow(made, shown)


def names(sheet: Sheet, spec: Spec, path: str) -> None:
    """A list of words, as chips."""
    source = spec.control.partition(":")[2]
    with framed(sheet, spec, path) as made:

        def shown() -> list[Any]:
            value = sheet.get(path, spec.default)
            return value if isinstance(value, list) else []

        made.hold(
            Pick(
                shown(),
                writer(made, spec, path),
                source=source or "nothing",
                many=True,
                free=True,
                inputId=made.ids,
                placeholder=sheet.t("form.add_word"),
                disabled=not sheet.desk.editable,
                described=described(made, help_of(sheet.t, spec.owner, spec.name)),
            )
        )
        follow(made, shown)


def entry(sheet: Sheet, spec: Spec, path: str) -> None:
    """Numbers, durations, choices, yes or no."""
    t = sheet.t
    kind = {"choice": "select", "duration": "duration", "check": "check"}.get(spec.control, "number")
    check = kind == "check"
    help_text = help_of(t, spec.owner, spec.name)
    with framed(sheet, spec, path, plain=check) as made:

        def shown() -> Any:
            found = sheet.read(path)
            if found is UNSET:
                return spec.default if kind in ("select", "check") else None
            return found

        props: dict[str, Any] = {"inputId": made.ids, "disabled": not sheet.desk.editable}
        props["described"] = described(made, help_text)
        if kind == "select":
            props["options"] = [
                {"value": v, "label": choice_word(sheet, spec, str(v))} for v in spec.schema.get("enum", [])
            ]
        elif check:
            props["label"] = label_of(t, spec.owner, spec.name)
        elif kind == "duration":
            props["units"] = [t("form.minutes"), t("form.hours"), t("form.days")]
            props["unitLabel"] = t("form.unit")
            props["placeholder"] = _spoken(t, spec.default)
        elif spec.default is not None:
            props["placeholder"] = str(spec.default).removesuffix(".0")
        made.hold(Entry(kind, shown(), writer(made, spec, path), **props))
        follow(made, shown)


def choice_word(sheet: Sheet, spec: Spec, value: str) -> str:
    """`choice.<field>.<value>`, or `choice.<value>`, or the value itself."""
    said = sheet.t.known(f"choice.{spec.name}", value)
    return sheet.t.known("choice", value) if said == value else said


def _spoken(t: Callable[..., str], minutes: Any) -> str:
    if not isinstance(minutes, int) or minutes == 0:
        return ""
    for size, key in ((1440, "form.days"), (60, "form.hours")):
        if minutes % size == 0:
            return f"{minutes // size} {t(key)}"
    return f"{minutes} {t('form.minutes')}"


Drawn = Callable[[Sheet, Spec, str], None]
Done = Callable[[], Awaitable[None]]
