"""Files that flows send are kept under their hash and given to whoever has the address, as what they are."""

from __future__ import annotations

import pytest
from doors import Company

from engine.core.errors import TramaError
from engine.services import uploads
from engine.services.runtime import Runtime

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def runtime(acme: Company) -> Runtime:
    assert acme.app.rt is not None
    return acme.app.rt


async def test_an_upload_is_served_unchanged_and_cannot_become_a_page(acme: Company) -> None:
    url = await uploads.keep(runtime(acme), acme.tenant, "image", "Promoção de Natal.PNG", PNG)
    again = await uploads.keep(runtime(acme), acme.tenant, "image", "../../etc/other.png", PNG)
    assert url == again and f"/files/{acme.tenant}/" in url
    answer = await acme.get(url)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    pdf = await uploads.keep(runtime(acme), acme.tenant, "document", "a.pdf", b"%PDF-1.7")
    assert (await acme.get(pdf)).headers["content-disposition"].startswith("attachment")


WRONG = [
    ("image", "a.svg", b"<svg onload=alert(1)>", "media:wrong-type"),
    ("image", "a.png", b"<script>alert(1)</script>", "media:wrong-type"),
    ("image", "a.png.exe", PNG, "media:wrong-type"),
    ("document", "a.txt", b"\xff\xfe\x00", "media:wrong-type"),
    ("document", "a.txt", b"", "media:empty"),
    ("sticker", "a.webp", b"RIFF0000WEBP" + b"0" * 1_000_000, "media:too-large"),
]
HASH = "a" * 64


async def test_what_is_not_what_it_says_is_refused(acme: Company) -> None:
    for kind, name, body, code in WRONG:
        with pytest.raises(TramaError, match=code):
            await uploads.keep(runtime(acme), acme.tenant, kind, name, body)


async def test_what_is_not_there_is_not_found(acme: Company) -> None:
    for name in ("x", f"{HASH}.png", "..%2f..%2fsecret.key", f"{HASH}.html", f"{HASH[1:]}.png"):
        assert (await acme.get(f"/files/{acme.tenant}/{name}")).status_code == 404
