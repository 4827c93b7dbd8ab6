"""Why a turn did what it did: a step for each node visited, with the values behind every decision.

A step records only the variables that it changed and the values that its rules read, so a trace stays small
and can be explained later by running the tracing twin of the rule on `reads`.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Step(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`exit` is "" where the node waits. `why` is a short machine-made reason, for example `case:angry`."""

    flow: str
    version: int
    node: str
    kind: str
    depth: int = 0
    exit: str = ""
    why: str = ""
    reads: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    error: str = ""


class Considered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trigger that was looked at, and why it did or did not start its flow."""

    flow: str
    trigger: int
    matched: bool
    why: str = ""


class Trace(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`outcome` is one of waiting, done, handed_over, failed, held (kept for later), stale (too late, fenced
    off), silent (a person owns the conversation), unmatched (no trigger)."""

    event: str
    kind: str
    outcome: str = ""
    steps: list[Step] = []
    considered: list[Considered] = []
    note: str = ""
