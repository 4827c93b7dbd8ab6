"""Failures as problem documents (RFC 9457): `application/problem+json` with `status`, `title`, `detail`, and our
`code` (`area:slug`) and `path` (a JSON pointer into what was sent)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from engine.core.errors import TramaError, pointer

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger(__name__)

RENAMED = {"in_state": "state", "if_match": "If-Match", "idempotency_key": "Idempotency-Key"}
"""Parameters of handlers that callers know under another name."""
STATUS: dict[str, int] = {
    "access:login-needed": 401,
    "access:forbidden": 403,
    "people:wrong-login": 401,
    "people:locked": 429,
    "people:too-many-tries": 429,
    "people:wrong-code": 403,
    "people:wrong-password": 403,
    "access:person-needed": 403,
    "people:not-yourself": 403,
    "people:role-not-held": 403,
    "people:scope-not-held": 403,
    "people:email-taken": 409,
    "people:last-administrator": 409,
    "people:second-factor-on": 409,
    "people:second-factor-off": 409,
    "people:second-factor-not-begun": 409,
    "people:unknown-key": 404,
    "teams:name-taken": 409,
    "teams:unknown-member": 422,
    "tenant:unknown-day": 404,
    "tenant:own-second-factor": 409,
    "conversation:taken": 409,
    "channel:exists": 409,
    "channel:name-taken": 409,
    "queue:exists": 409,
    "queue:changed-meanwhile": 409,
    "queue:in-use": 409,
    "ticket:ended": 409,
    "flow:not-live": 409,
    "moving:no-way": 409,
    "conversation:closed": 409,
    "window:closed": 409,
    "message:not-failed": 409,
    "canned:taken": 409,
    "media:too-large": 413,
    "edit:conflict": 409,
    "flow:changed-meanwhile": 409,
    "flow:exists": 409,
    "flow:id-changed": 422,
    "flow:has-errors": 422,
    "flow:tests-fail": 422,
    "events:too-large": 413,
    "events:key-reused": 422,
    "contact:known": 409,
    "contact:identity-taken": 409,
    "contact:changed-meanwhile": 409,
    "contact:merged": 409,
    "contact:erased": 410,
    "merge:both-served": 409,
    "merge:undone": 409,
    "merge:later-first": 409,
    "import:started": 409,
    "import:over": 409,
    "import:too-large": 413,
    "erasure:not-confirmed": 422,
    "store:unreachable": 503,
    "store:closed": 503,
}
"""What is not told by the area (`edit:` is 422) or the slug (404), nor 400."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """`code` is stable; `detail` is the English text of last resort."""

    status: int
    title: str
    code: str
    detail: str = ""
    path: str = ""
    type: str = "about:blank"


def status_of(code: str) -> int:
    found = STATUS.get(code)
    if found is not None:
        return found
    if code.startswith("edit:"):
        return 422
    return 404 if code.endswith((":unknown", ":unknown-version")) else 400


def problem(status: int, code: str, detail: str = "", path: str = "") -> bytes:
    return msgspec.json.encode(Problem(status, HTTPStatus(status).phrase, code, detail, path))


Asked = Request[Any, Any, Any]


def _answer(status: int, code: str, detail: str, path: str = "", headers: Any = None) -> Response[bytes]:
    return Response(
        problem(status, code, detail, path), status_code=status, media_type=MEDIA_TYPE, headers=headers
    )


def of_trama_error(_: Asked, error: TramaError) -> Response[bytes]:
    return _answer(status_of(error.code), error.code, error.detail, error.path)


def of_validation(_: Asked, error: ValidationException) -> Response[bytes]:
    """The first fault with its place; Litestar names the field by a dotted key."""
    extra: Any = error.extra
    first = extra[0] if isinstance(extra, list) and extra and isinstance(extra[0], dict) else {}
    if first.get("source") == "path":
        return _answer(404, "http:not-found", "")
    keys = [RENAMED.get(key, key) for key in str(first.get("key") or "").split(".") if key]
    path = pointer(*keys)
    return _answer(400, "input:invalid", str(first.get("message", error.detail)), path)


def of_http_error(_: Asked, error: HTTPException) -> Response[bytes]:
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-").replace("'", "")
    detail = "" if error.status_code >= 500 else error.detail
    return _answer(error.status_code, f"http:{slug}", detail, headers=error.headers)


def of_encoding(_: Asked, error: UnicodeDecodeError) -> Response[bytes]:
    return _answer(400, "input:not-utf8", f"byte {error.start} of a text in the body is not UTF-8")


def of_depth(request: Asked, error: RecursionError) -> Response[bytes]:
    _log.warning("request_too_deep", method=request.method, path=request.url.path)
    return _answer(400, "input:too-deep", "the body is nested too deeply")


def of_anything(request: Asked, error: Exception) -> Response[bytes]:
    """A fault of ours: told to the log, not to the caller."""
    _log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return _answer(500, "engine:internal", "the request failed; the log says why")


HANDLERS: dict[Any, Any] = {
    TramaError: of_trama_error,
    ValidationException: of_validation,
    HTTPException: of_http_error,
    UnicodeDecodeError: of_encoding,
    RecursionError: of_depth,
    Exception: of_anything,
}
