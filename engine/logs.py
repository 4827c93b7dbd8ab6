"""How the program logs: one line an event on standard error, for people at a terminal, as JSON elsewhere.

Tracebacks never show the values of local variables: they hold tokens and what customers wrote.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Set up structlog and the standard library's loggers of the frameworks. `level` as in the settings."""
    number = logging.getLevelNamesMapping()[level]
    at_terminal = sys.stderr.isatty()
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if at_terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=not at_terminal),
            *(() if at_terminal else (structlog.processors.format_exc_info,)),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(number, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
    # its access log would hold the query of every URL, and the WebSocket libraries log what is said
    for name in ("uvicorn.access", "websockets", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
