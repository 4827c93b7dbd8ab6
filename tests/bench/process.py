"""A process of the product as a bench or the kill test starts it: `python -m tests.bench.process api,worker PORT`.

It is `trama api|worker|serve` with two things changed: Meta's rates (1 message per 6 s to one person, 80 a second in
all) are kept in the code path but set so high that they do not bite, and what `extra` names is imported first.
"""

from __future__ import annotations

import importlib
import sys

import uvicorn

from connectors.contract import Rate
from connectors.whatsapp_cloud import WhatsAppCloud
from engine.app import create_app
from engine.settings import load

WhatsAppCloud.rates = (Rate("pair", 1e-6, 1000), Rate("number", 1e-6, 1000))


def main(parts: str, port: str, *extra: str) -> None:
    for name in extra:
        importlib.import_module(name)
    app = create_app(load(), parts=tuple(parts.split(",")))  # type: ignore[arg-type]
    config = uvicorn.Config(
        app, host="127.0.0.1", port=int(port), loop="uvloop", http="httptools", lifespan="on",
        ws="websockets-sansio" if "ui" in parts else "none",
        access_log=False, log_level="warning",
    )  # fmt: skip
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
