"""From a rule's tree to Python code: `ast` nodes, never text, so that nothing in a rule can become code."""

from __future__ import annotations

from engine.core.logic.compiler.program import Run, Trace, TracedRun, build, build_traced

__all__ = ["Run", "Trace", "TracedRun", "build", "build_traced"]
