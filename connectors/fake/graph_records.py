"""What the stand-in of the Graph API keeps and reports: faults to come, messages taken, events, statuses."""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Literal

import msgspec

from connectors.fake.graph_rules import Refused
from connectors.whatsapp_cloud.errors import ERRORS


class Fault(msgspec.Struct, kw_only=True):
    """Something to go wrong for the next `times` messages that match.

    `match` compares `to`, `type`, and `contains` (in the payload's JSON). `error` is a Graph code answered at once,
    `drop` (taken, then the connection breaks), `drop_before` (not taken), `timeout` (taken, never answered),
    `status_only_failed` (200, then a failed status with `code`) or `statuses` (200, then exactly those, in that order).
    """

    error: int | Literal["drop", "drop_before", "timeout", "status_only_failed", "statuses"]
    match: dict[str, str] = {}
    times: int = 1
    code: int = 131026
    statuses: list[str] = []


class SentMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was taken; `n` counts from 1, `outbox` is the sender's own id, `text` what a person reads."""

    n: int
    id: str
    to: str
    type: str
    payload: dict[str, Any]
    at: float
    text: str = ""
    outbox: str = ""
    reply_to: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`message` (sent to a person), `read`, `typing`, `inbound` (a person spoke), `fault`."""

    n: int
    type: str
    data: dict[str, Any]


def status_of(message: SentMessage, name: str, timestamp: int, code: int) -> dict[str, Any]:
    """A `statuses[]` item; `code` is the error of a failed one."""
    recipient = "recipient_id" if message.to.isdigit() else "recipient_user_id"
    status: dict[str, Any] = {
        "id": message.id,
        "status": name,
        "timestamp": str(timestamp),
        recipient: message.to,
    }
    if message.outbox:
        status["biz_opaque_callback_data"] = message.outbox
    if name == "failed":
        title = ERRORS.get(code, ("", "unknown"))[1]
        status["errors"] = [
            {"code": code, "title": title, "message": title, "error_data": {"details": title}}
        ]
    elif name in ("sent", "delivered"):
        template = message.type == "template"
        category, kind = ("utility", "regular") if template else ("service", "free_customer_service")
        status["pricing"] = {"billable": template, "pricing_model": "PMP", "category": category, "type": kind}
    return status


def words(kind: str, part: Mapping[str, Any]) -> str:
    """What a person reads first of a message."""
    match kind:
        case "text":
            return str(part["body"])
        case "interactive":
            return str(part["body"]["text"])
        case "template":
            return str(part["name"])
        case "reaction":
            return str(part["emoji"])
        case _:
            return str(part.get("caption", ""))


def uploaded(content_type: str, body: bytes) -> tuple[bytes, str]:
    """The file of a multipart upload and its MIME type. Raises Refused."""
    head = b"content-type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = {str(p.get_param("name", header="content-disposition")): p for p in form.iter_parts()}
    if "file" not in parts or "messaging_product" not in parts:
        raise Refused(100, "The parameters file and messaging_product are required.")
    data = parts["file"].get_payload(decode=True)
    return (data if isinstance(data, bytes) else b""), parts["file"].get_content_type()
