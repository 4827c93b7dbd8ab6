"""What each Graph API error means for us: one table for answers and for `failed` statuses.

Codes: Meta's WhatsApp Cloud API error reference (the set kept by pywa 4.5, 2026-11). The policy is our choice;
where a code arrives as HTTP 400, 401, 403 or 429 does not matter, only the code does.
"""

from __future__ import annotations

from typing import NamedTuple

from connectors.contract import Policy


class Verdict(NamedTuple):
    """`policy`, our own `code` (`whatsapp_cloud:slug`) and how many seconds to wait, where that is known."""

    policy: Policy
    code: str
    after: float | None = None


ERRORS: dict[int, tuple[Policy, str]] = {
    0: ("stop_channel", "auth"),
    1: ("retry", "api-unknown"),
    2: ("retry", "api-down"),
    3: ("stop_channel", "capability"),
    4: ("retry", "app-rate"),
    10: ("stop_channel", "permission"),
    33: ("permanent", "number-deleted"),
    100: ("permanent", "invalid-parameter"),
    190: ("stop_channel", "token-expired"),
    368: ("stop_number", "policy-block"),
    551: ("permanent", "person-unavailable"),
    613: ("retry", "api-rate"),
    80007: ("retry", "account-rate"),
    130429: ("retry", "throughput"),
    130472: ("permanent", "user-in-experiment"),
    130497: ("permanent", "country-restricted"),
    131000: ("retry", "unknown"),
    131005: ("stop_channel", "access-denied"),
    131008: ("permanent", "missing-parameter"),
    131009: ("permanent", "invalid-value"),
    131016: ("retry", "service-unavailable"),
    131021: ("permanent", "recipient-is-sender"),
    131026: ("permanent", "undeliverable"),
    131030: ("permanent", "recipient-not-allowed"),
    131031: ("stop_number", "account-locked"),
    131037: ("stop_number", "display-name"),
    131042: ("stop_number", "payment-issue"),
    131045: ("stop_number", "registration"),
    131047: ("template_needed", "window-closed"),
    131048: ("stop_number", "spam-rate"),
    131049: ("permanent", "marketing-cap"),
    131050: ("opted_out", "opted-out"),
    131051: ("permanent", "unsupported-type"),
    131052: ("permanent", "media-download"),
    131053: ("permanent", "media-upload"),
    131056: ("pace", "pair-rate"),
    131057: ("retry", "maintenance"),
    131062: ("permanent", "bsuid-unsupported"),
    131063: ("template_unusable", "marketing-disabled"),
    131064: ("stop_number", "messaging-limit"),
    132000: ("permanent", "template-parameter-count"),
    132001: ("template_unusable", "template-missing"),
    132005: ("permanent", "template-too-long"),
    132007: ("template_unusable", "template-policy"),
    132008: ("permanent", "template-value"),
    132012: ("permanent", "template-format"),
    132015: ("template_unusable", "template-paused"),
    132016: ("template_unusable", "template-disabled"),
    132068: ("template_unusable", "flow-blocked"),
    132069: ("retry", "flow-throttled"),
    133004: ("retry", "server-unavailable"),
    133010: ("stop_number", "not-registered"),
    133016: ("retry", "registration-rate"),
    135000: ("permanent", "generic"),
    137000: ("permanent", "identity-mismatch"),
}

SUBCODES: dict[int, tuple[Policy, str]] = {
    2018278: ("template_needed", "window-closed"),
    1893061: ("permanent", "retired-tag"),
}

PAIR_PAUSE = 6.0
"""Seconds after 131056: one slot of the pair's rate. Meta asks for 4^X; the caller lets it grow."""


def classify(code: int | None, http_status: int | None = None, subcode: int | None = None) -> Verdict:
    """The policy for an error. `code` None means that the answer carried none (a proxy, a broken body)."""
    if subcode in SUBCODES:
        policy, slug = SUBCODES[subcode]
    elif code in ERRORS:
        policy, slug = ERRORS[code]
    elif code is not None and 200 <= code <= 299:
        policy, slug = "stop_channel", "permission"
    else:
        policy, slug = _by_status(code, http_status)
    return Verdict(policy, f"whatsapp_cloud:{slug}", PAIR_PAUSE if policy == "pace" else None)


def _by_status(code: int | None, http_status: int | None) -> tuple[Policy, str]:
    match http_status:
        case 401 | 403:
            return "stop_channel", "auth"
        case 429:
            return "retry", "api-rate"
        case 500 | 503:
            return "retry", "service-unavailable"
        case int() if http_status >= 500:
            # A gateway gave up waiting: the message may have gone out behind it.
            return "unknown", "gateway"
        case _:
            return "permanent", "unlisted" if code is not None else "unreadable-answer"
