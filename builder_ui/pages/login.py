"""Logging in, the second step, a forgotten password: ordinary forms, so that they work before any script has run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.shell import STATIC, dress, stamp
from builder_ui.visit import Visit, visit
from engine.services.demo import Demo


def register(demo: Demo | None) -> None:
    @ui.page("/login")
    def login(request: Request, error: str = "", next: str = "/", done: str = "") -> None:
        seen = visit(request)
        t = seen.t
        with _card(seen, t("login.title"), error):
            if done == "reset":
                word("p", t("login.reset-done"), "state-good login-notice", role="status")
            with node("form", "form", method="post", action="/login"):
                node("input", "", type="hidden", name="next", value=next)
                _field("email", t("login.email"), type="email", autocomplete="username")
                _field("password", t("login.password"), type="password", autocomplete="current-password")
                word("button", t("login.enter"), "btn primary", type="submit")
            word("a", t("login.forgot"), "quiet", href="/login/forgot")
            if demo is not None:
                word("p", t("login.demo", email=demo.email, password=demo.password), "quiet")
                word("a", t("login.to_demo"), "quiet", href="/demonstracao")

    @ui.page("/login/code")
    def code(request: Request, error: str = "", next: str = "/") -> None:
        seen = visit(request)
        t = seen.t
        with _card(seen, t("login.code-title"), error):
            word("p", t("login.code-more"), "quiet")
            with node("form", "form", method="post", action="/login/code"):
                node("input", "", type="hidden", name="next", value=next)
                _field("code", t("login.code"), autocomplete="one-time-code", autofocus=True, maxlength=20)
                word("button", t("login.enter"), "btn primary", type="submit")
            word("p", t("login.code-lost"), "quiet")
            word("a", t("login.back"), "quiet", href="/login")

    @ui.page("/login/forgot")
    def forgot(request: Request, error: str = "", sent: str = "") -> None:
        seen = visit(request)
        t = seen.t
        with _card(seen, t("login.forgot-title"), error):
            if sent:
                word("p", t("login.sent"), "state-good login-notice", role="status")
            else:
                word("p", t("login.forgot-more"), "quiet")
                with node("form", "form", method="post", action="/login/forgot"):
                    _field("email", t("login.email"), type="email", autocomplete="username")
                    word("button", t("login.send"), "btn primary", type="submit")
            word("a", t("login.back"), "quiet", href="/login")

    @ui.page("/login/reset")
    def reset(request: Request, error: str = "") -> None:
        seen = visit(request)
        t = seen.t
        ui.add_head_html(f'<script src="{STATIC}/login.js?{stamp()}" defer></script>')
        with _card(seen, t("login.reset-title"), error):
            word("p", t("me.password-more"), "quiet")
            with node("form", "form", method="post", action="/login/reset"):
                node("input", "", type="hidden", name="token", value="")
                _field("password", t("me.new"), type="password", autocomplete="new-password")
                _field("again", t("me.again"), type="password", autocomplete="new-password")
                word("button", t("login.set"), "btn primary", type="submit")
            word("a", t("login.forgot-again"), "quiet", href="/login/forgot")


@contextmanager
def _card(seen: Visit, title: str, error: str) -> Iterator[None]:
    t = seen.t
    dress(seen, title)
    with node("div", "login"), node("div", "login-card"):
        with node("div", "brand"):
            node("img", "", src=f"{STATIC}/mark.svg?{stamp()}", alt="", width=36, height=36)
            word("span", "Trama")
        word("h1", title)
        if error:
            told = t.known("refused", error)
            word("p", t("error.other") if told == error else told, "alert", role="alert")
        yield


def _field(name: str, label: str, *, type: str = "text", **more: str | int | bool) -> None:
    word("label", label, for_=name)
    node("input", "field", id=name, name=name, type=type, required=True, **more)
