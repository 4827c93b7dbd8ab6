"""The QR picture of a Pix code."""

from __future__ import annotations

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=256)
def pix_picture(code: str) -> bytes | None:
    """A PNG of some 400 pixels, or None where the code is too long for a QR symbol.

    Raises nothing else. Costs tens of milliseconds, hence the cache: a reminder repeats its code.
    """
    try:
        symbol = segno.make(code, error="m", micro=False)
    except (segno.DataOverflowError, ValueError):
        return None
    out = io.BytesIO()
    symbol.save(out, kind="png", scale=8, border=4)
    return out.getvalue()
