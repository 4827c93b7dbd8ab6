"""What the bot says: one text, or variants by channel and language beside the default one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Entry, Writer
from builder_ui.form.field import Frame, described, framed, help_of, label_of
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet, below
from builder_ui.form.text import as_text, channel_limits, follow, settled, writer

DEFAULT = "default"
LANGUAGES = ("pt-BR", "en", "es")
KINDS = ("whatsapp_cloud", "webchat")


def words(sheet: Sheet, spec: Spec, path: str, *, typing: Callable[[str, str], None] | None = None) -> None:
    """A field of texts. `typing(path, text)` hears what is being typed, for the preview."""
    _Words(sheet, spec, path, typing).draw()


class _Words:
    def __init__(
        self, sheet: Sheet, spec: Spec, path: str, typing: Callable[[str, str], None] | None
    ) -> None:
        self.sheet = sheet
        self.spec = spec
        self.path = path
        self.typing = typing
        self.open = DEFAULT
        self.adding = False

    @property
    def value(self) -> Any:
        return self.sheet.get(self.path, self.spec.default)

    def variants(self) -> list[str]:
        value = self.value
        return list(value) if isinstance(value, dict) else []

    def make_up(self) -> object:
        return tuple(self.variants())

    def draw(self) -> None:
        self.part = self.sheet.part(self._draw, self.make_up)

    def _draw(self) -> None:
        sheet, t = self.sheet, self.sheet.t
        keys = self.variants()
        if keys and self.open not in keys:
            self.open = DEFAULT if DEFAULT in keys else keys[0]
        at = below(self.path, self.open) if keys else self.path
        help_text = help_of(t, self.spec.owner, self.spec.name)
        with framed(sheet, self.spec, self.path) as made:
            made.below = True
            if keys:
                self._tabs(keys)

            def shown() -> str:
                return as_text(sheet.read(at))

            field = Writer(
                shown(),
                writer(made, self._spec_of(at), at),
                inputId=made.ids,
                multiline=True,
                templated=True,
                tools=True,
                live=self.typing is not None,
                rows=3 if self.spec.required or self.spec.name == "text" else 2,
                placeholder=str(self.spec.default or ""),
                needed=self.spec.required,
                disabled=not sheet.desk.editable,
                described=described(made, help_text),
                limits=channel_limits(sheet, self._bound()),
            )
            made.hold(field)
            follow(made, shown)
            if self.typing is not None:
                told, typing = at, self.typing

                def heard(text: str) -> None:
                    typing(told, text)

                field.on_typing(heard)
            if sheet.desk.editable:
                self._bottom(made, keys)

    def _spec_of(self, at: str) -> Spec:
        """A variant is written even where it is empty; only the whole text may be left out."""
        if at == self.path:
            return self.spec
        import msgspec

        return msgspec.structs.replace(self.spec, required=True)

    def _bound(self) -> str:
        """Which of a channel's limits this text is under."""
        if self.spec.name == "caption":
            return "caption"
        offers = bool(self.sheet.get("/options")) and self.spec.name in ("text", "retry")
        return "interactive_text" if offers else "text"

    def _tabs(self, keys: list[str]) -> None:
        with node("div", "tf-tabs", role="group", aria_label=self.sheet.t("form.variants")):
            for key in keys:
                press(
                    self.title(key),
                    self._opener(key),
                    "tf-tab on" if key == self.open else "tf-tab",
                    aria_pressed="true" if key == self.open else "false",
                )

    def _opener(self, key: str) -> Callable[[], None]:
        def opened() -> None:
            self.open = key
            self.part.redraw()

        return opened

    def title(self, key: str) -> str:
        """`WhatsApp · English` for `whatsapp_cloud:en`."""
        t = self.sheet.t
        if key == DEFAULT:
            return t("form.variant.default")
        parts = key.split(":")
        return " · ".join(
            t.known("form.channel", p) if t.known("form.channel", p) != p else t.known("form.language", p)
            for p in parts
        )

    def _bottom(self, made: Frame, keys: list[str]) -> None:
        t = self.sheet.t
        with node("div", "tf-row tf-quiet"):
            if self.adding:
                options = [
                    {"value": key, "label": self.title(key)}
                    for key in (
                        *LANGUAGES[1:],
                        *KINDS,
                        *(f"{k}:{lang}" for k in KINDS for lang in LANGUAGES[1:]),
                    )
                    if key not in keys
                ]
                Entry(
                    "select",
                    "",
                    self._add,
                    options=[{"value": "", "label": t("form.variant.choose")}, *options],
                    label=t("form.variant.choose"),
                    autofocus=True,
                )
            else:
                press(t("form.variant.add"), self._ask, "tf-link", icon="add")
            if keys and self.open != DEFAULT:
                press(t("form.variant.remove"), self._remove, "tf-link", icon="delete_outline")

    def _ask(self) -> None:
        self.adding = True
        self.part.redraw()

    async def _add(self, key: Any) -> None:
        self.adding = False
        if not key:
            self.part.redraw()
            return
        value = self.value
        whole = dict(value) if isinstance(value, dict) else {DEFAULT: value if isinstance(value, str) else ""}
        whole[str(key)] = whole.get(DEFAULT, "")
        self.open = str(key)
        await self.sheet.write(self.path, whole, words=self._did())
        self.part.redraw()

    async def _remove(self) -> None:
        value = self.value
        if not isinstance(value, dict):
            return
        left = {k: v for k, v in value.items() if k != self.open}
        self.open = DEFAULT
        now = settled(self.spec, left[DEFAULT]) if list(left) == [DEFAULT] else left
        await self.sheet.write(self.path, now, words=self._did())

    def _did(self) -> str:
        return self.sheet.t("form.did.set", field=label_of(self.sheet.t, self.spec.owner, self.spec.name))


def note(text: str) -> None:
    word("div", text, "tf-help")
