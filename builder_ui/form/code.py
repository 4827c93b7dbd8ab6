"""A field for JSON, with colours that can be read and a name that a screen reader says."""

from __future__ import annotations

from nicegui import ui


def json_field(text: str) -> ui.codemirror:
    """Draws the field into the current slot."""
    field = ui.codemirror(text, language="JSON", theme="vscodeLight", line_wrapping=True).classes("tf-code")
    # the editor makes its own element inside, which takes no attributes from here
    ui.run_javascript(f"window.tramaName?.({field.id}, '.cm-content', 'JSON')")
    return field
