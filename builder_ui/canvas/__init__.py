"""The flow's canvas: a NiceGUI element over a Vue Flow bundle that is built at install time (`hatch_build.py`)."""

from builder_ui.canvas.element import Ask, Canvas, Sent

__all__ = ["Ask", "Canvas", "Sent"]
