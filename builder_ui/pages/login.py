"""Logging in: an ordinary form, so that it works before any script has run."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.shell import STATIC, dress, stamp
from builder_ui.visit import visit
from engine.services.demo import Demo

ERRORS = ("people:wrong-login", "people:locked")


def register(demo: Demo | None) -> None:
    @ui.page("/login")
    def login(request: Request, error: str = "", next: str = "/") -> None:
        seen = visit(request)
        t = seen.t
        dress(seen, t("login.title"))
        with node("div", "login"), node("div", "login-card"):
            with node("div", "brand"):
                node("img", "", src=f"{STATIC}/mark.svg?{stamp()}", alt="", width=36, height=36)
                word("span", "Trama")
            word("h1", t("login.title"))
            if error:
                word("p", t(f"error.{error}" if error in ERRORS else "error.other"), "alert", role="alert")
            with node("form", "form", method="post", action="/login"):
                node("input", "", type="hidden", name="next", value=next)
                word("label", t("login.email"), for_="email")
                node(
                    "input",
                    "field",
                    id="email",
                    name="email",
                    type="email",
                    autocomplete="username",
                    required=True,
                )
                word("label", t("login.password"), for_="password")
                node(
                    "input",
                    "field",
                    id="password",
                    name="password",
                    type="password",
                    autocomplete="current-password",
                    required=True,
                )
                word("button", t("login.enter"), "btn primary", type="submit")
            if demo is not None:
                word("p", t("login.demo", email=demo.email, password=demo.password), "quiet")
                word("a", t("login.to_demo"), "quiet", href="/demonstracao")
