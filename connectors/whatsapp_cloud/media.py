"""Fetching an attachment: its address by id, then the bytes, which need the access token too.

The id of a webhook lives 7 days, the address 5 minutes. The address comes from outside: the token goes only to
Meta's own hosts or to the host of the configured Graph API.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Generator
from urllib.parse import urlsplit

from connectors.contract import NotSent, Request, Response
from connectors.loose import decode, integer, obj, text
from connectors.whatsapp_cloud.send import refusal
from connectors.whatsapp_cloud.settings import MEDIA_BYTES, MEDIA_HOSTS, Settings
from connectors.wire import WireFailure


def fetch(settings: Settings, ref: str) -> Generator[Request, Response, Response | NotSent]:
    """The attachment `ref`: a response whose body is the file and whose `content-type` is what Meta says of it."""
    if not ref.isascii() or not ref.isalnum():
        return NotSent(policy="permanent", code="whatsapp_cloud:media-id", detail="not a media id")
    url = f"{settings.url(ref)}?phone_number_id={settings.phone_number_id}"
    try:
        found = yield Request(method="GET", url=url, headers=settings.headers())
        if found.status != 200:
            return refusal(found)
        about = obj(decode(found.body)[0])
        address, size = text(about.get("url")), integer(about.get("file_size"))
        if not allowed(settings, address):
            return NotSent(
                policy="permanent", code="whatsapp_cloud:media-host", detail="not a host of Meta's"
            )
        if size > MEDIA_BYTES:
            return NotSent(policy="permanent", code="whatsapp_cloud:media-too-large", detail=f"{size} bytes")
        cap = size or MEDIA_BYTES
        file = yield Request(
            method="GET", url=address, headers=settings.headers(), timeout=120.0, max_bytes=cap
        )
    except WireFailure as failure:
        policy = "permanent" if failure.hopeless else "retry"
        return NotSent(policy=policy, code=failure.code, detail=failure.detail)  # type: ignore[arg-type]
    if file.status != 200:
        # An address that has run out answers 404: the next try asks for a fresh one.
        policy = "retry" if file.status in (404, 410, 429) or file.status >= 500 else "permanent"
        return NotSent(policy=policy, code="whatsapp_cloud:media-download", detail=f"HTTP {file.status}")  # type: ignore[arg-type]
    expected = text(about.get("sha256"))
    if expected and not same_digest(file.body, expected):
        return NotSent(
            policy="retry", code="whatsapp_cloud:media-digest", detail="the bytes do not match sha256"
        )
    mime = text(about.get("mime_type")) or file.headers.get("content-type", "application/octet-stream")
    return Response(status=200, headers={"content-type": mime}, body=file.body)


def allowed(settings: Settings, address: str) -> bool:
    """Whether the access token may be sent to `address`."""
    try:
        target, own = urlsplit(address), urlsplit(settings.base_url)
        same = (target.scheme, target.hostname, target.port) == (own.scheme, own.hostname, own.port)
        port = target.port
    except ValueError:
        return False
    if target.username or target.password or not target.hostname:
        return False
    if same:
        return True
    host = target.hostname.rstrip(".")
    ours = any(host == domain or host.endswith("." + domain) for domain in MEDIA_HOSTS)
    return target.scheme == "https" and port in (None, 443) and ours


def same_digest(data: bytes, expected: str) -> bool:
    """Compare with a SHA-256 in hexadecimal (media API) or base64 (webhook)."""
    digest = hashlib.sha256(data)
    forms = (digest.hexdigest(), base64.b64encode(digest.digest()).decode())
    given = expected.strip()
    candidate = given.lower() if len(given) == 64 else given
    return any(hmac.compare_digest(form.encode(), candidate.encode()) for form in forms)
