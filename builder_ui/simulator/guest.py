"""A visitor of the webchat in the demonstration: the widget itself in a frame, as a site embeds it."""

from __future__ import annotations

from nicegui import Client

from builder_ui.elements.native import node, word
from builder_ui.texts import Texts
from engine.services import sessions
from engine.services.demo import Demo
from engine.services.runtime import Runtime

ASK_SECONDS = 3.0


class Guest:
    """Whoever uses the widget in this browser. The widget keeps its token in the browser; we ask there for it, and
    believe it only where it is genuine."""

    def __init__(self, rt: Runtime, demo: Demo, client: Client) -> None:
        self._rt, self._demo, self._client = rt, demo, client
        self.conversation: int | None = None

    async def find_conversation(self) -> int | None:
        """None before the first message."""
        if self.conversation is None and self._client.has_socket_connection:
            try:
                token = await self._client.run_javascript(
                    f"tramaVisitor({self._demo.webchat})", timeout=ASK_SECONDS
                )
            except TimeoutError:
                return None
            self.conversation = await sessions.visitor_conversation(
                self._rt, self._demo.tenant, self._demo.webchat, str(token)
            )
        return self.conversation


def window(demo: Demo, t: Texts) -> None:
    """A site with the widget on it."""
    with node("section", "site", aria_label=t("demo.site")):
        with node("div", "site-bar", aria_hidden="true"):
            for _ in range(3):
                node("span", "site-dot")
            word("span", t("demo.site_address"), "site-address")
        node("iframe", "site-page", src=f"/webchat/{demo.webchat}/demo", title=t("demo.site"))
