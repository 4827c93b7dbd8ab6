"""Plain HTML elements with attributes given as values, so that no text of anybody is parsed as attribute syntax."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments, Handler


def node(tag: str, classes: str = "", **attributes: str | int | bool) -> Element:
    """An element; `aria_label` becomes `aria-label`."""
    element = ui.element(tag)
    if classes:
        element.classes(classes)
    return _with(element, attributes)


def word(tag: str, text: str, classes: str = "", **attributes: str | int | bool) -> TextElement:
    """An element that holds one text."""
    element = TextElement(tag=tag, text=text)
    if classes:
        element.classes(classes)
    _with(element, attributes)
    return element


def named_dialog(label: str) -> ui.dialog:
    """A dialog that a screen reader announces by its name."""
    made = ui.dialog()
    made.props["aria-label"] = label
    return made


def press(
    text: str,
    on_click: Handler[GenericEventArguments] | None,
    classes: str = "",
    *,
    icon: str = "",
    label: str = "",
    **attributes: str | int | bool,
) -> Element:
    """A button. One without a text needs the `label` that a screen reader says."""
    element = node("button", f"btn {classes}", type="button", **attributes)
    if label:
        element.props["aria-label"] = label
        element.props["title"] = label
    if on_click is not None:
        element.on("click", on_click, args=[])
    with element:
        if icon:
            ui.icon(icon).props("aria-hidden=true")
        if text:
            word("span", text)
    return element


def _with(element: Element, attributes: dict[str, str | int | bool]) -> Element:
    for name, value in attributes.items():
        element.props[name.rstrip("_").replace("_", "-")] = value
    return element
