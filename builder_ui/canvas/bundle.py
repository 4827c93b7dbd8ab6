"""Where the canvas's JavaScript is, and a clear word when it is not there."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import TramaError

PATH = Path(__file__).resolve().parent / "dist" / "trama_canvas.js"


def bundle(path: Path = PATH) -> Path:
    """The built module. Raises `canvas:no-bundle`: NiceGUI itself would show an empty page without a word."""
    if not path.is_file():
        raise TramaError(
            "canvas:no-bundle",
            f"{path.name} was not built: install the project again (`make install`) or run `python hatch_build.py`",
        )
    return path
