"""What can be wrong with a rule: one error type, and the findings of the static check."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.core.errors import TramaError


class RuleError(TramaError):
    """A rule that cannot be compiled or whose evaluation failed; `path` points into the rule.

    `thrown` is what a `try` handler sees as its data: `{"type": "NaN"}` for a failed calculation,
    whatever was given to `throw`, otherwise the code.
    """

    def __init__(self, code: str, detail: str = "", *, path: str = "", thrown: Any = None) -> None:
        super().__init__(code, detail, path=path)
        self.thrown: Any = {"type": code} if thrown is None else thrown

    def at(self, path: str) -> RuleError:
        """The same failure, said to be at `path`."""
        return RuleError(self.code, self.detail, path=path, thrown=self.thrown)


class RuleProblem(msgspec.Struct, frozen=True):
    """One finding of `check`. An "error" must not be saved, a "warning" is shown to the author."""

    code: str
    severity: Literal["error", "warning"]
    path: str
    detail: str


def not_a_number(detail: str) -> RuleError:
    return RuleError("rule:not-a-number", detail, thrown={"type": "NaN"})


def bad_argument(detail: str) -> RuleError:
    return RuleError("rule:invalid-argument", detail, thrown={"type": "Invalid Arguments"})


def too_large(detail: str) -> RuleError:
    return RuleError("rule:too-large", detail)
