"""The frame of every page: theme, rail with the way around, language and colours, and the place for the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files

from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.texts import LANGUAGES
from builder_ui.visit import THEMES, Visit
from engine.services.people import Principal
from engine.services.permissions import page_right

STATIC = "/ui-static"
SCRIPTS = ("trama.js", "inbox.js")
LINKS = (
    ("/demonstracao", "demo.title", "smartphone", True),
    ("/inbox", "ib.title", "inbox", False),
    ("/supervision", "desk.title", "groups", False),
    ("/contacts", "contacts.title", "contacts", False),
    ("/flows", "flows.title", "account_tree", False),
    ("/conversas", "conversations.title", "forum", False),
    ("/saude", "health.title", "monitor_heart", False),
    ("/settings", "settings.title", "settings", False),
)
# Quasar calls them items of a list, though their parent is a menu
ui.menu_item.default_props("role=menuitem")
_THEME_ICONS = {"auto": "contrast", "light": "light_mode", "dark": "dark_mode"}


@lru_cache(maxsize=1)
def styles() -> list[str]:
    """The style sheets, the one with the tokens first."""
    names = [f.name for f in files("builder_ui").joinpath("static").iterdir() if f.name.endswith(".css")]
    return sorted(names, key=lambda name: (name != "theme.css", name))


@lru_cache(maxsize=1)
def stamp() -> str:
    """Changes with the style sheets, so that browsers fetch new ones."""
    folder = files("builder_ui").joinpath("static")
    digest = hashlib.sha256()
    for name in (*styles(), *SCRIPTS):
        digest.update(folder.joinpath(name).read_bytes())
    return digest.hexdigest()[:12]


def dress(visit: Visit, title: str) -> None:
    """Theme, style sheets and title of a page."""
    ui.page_title(f"{title} · Trama")
    ui.colors(
        primary="#0b7a5b", secondary="#475569", accent="#0b7a5b", positive="#15803d", negative="#b91c1c"
    )
    ui.dark_mode(visit.dark)
    # the language is one of LANGUAGES, never what a visitor sent
    ui.add_head_html(f'<script>document.documentElement.lang = "{visit.t.language}"</script>')
    for name in styles():
        ui.add_head_html(f'<link rel="stylesheet" href="{STATIC}/{name}?{stamp()}">')
    for name in SCRIPTS:
        ui.add_head_html(f'<script src="{STATIC}/{name}?{stamp()}" defer></script>')


@contextmanager
def shell(visit: Visit, title: str, *, demo: bool, wide: bool = False, slim: bool = False) -> Iterator[None]:
    """A page with the rail. `demo`: there is a demonstration to go to; `wide`: the page fills the window; `slim`: the
    rail shows icons only, where the page needs the room."""
    t = visit.t
    dress(visit, title)
    client = ui.context.client
    # whoever looks at the page by program waits for this: before it clicks go nowhere
    client.on_connect(lambda: client.run_javascript("document.body.dataset.ready = 'yes'"))
    with node("div", "shell slim" if slim else "shell"):
        with node("nav", "rail", aria_label=t("shell.navigation")):
            with node("div", "brand"):
                node("img", "", src=f"{STATIC}/mark.svg?{stamp()}", alt="", width=28, height=28)
                word("span", "Trama")
            with node("div", "rail-links"):
                for path, key, icon, public in LINKS:
                    open_to = public if visit.principal is None else _may(visit.principal, path)
                    if open_to and (demo or path != "/demonstracao"):
                        _link(path, t(key), icon, visit.path)
            with node("div", "rail-foot"):
                _settings(visit)
        with node("div", "page wide" if wide else "page"):
            yield


def _may(who: Principal, path: str) -> bool:
    right = page_right(path)
    return not right or who.may(right)


def _link(path: str, text: str, icon: str, here: str) -> None:
    current = here == path or here.startswith(path + "/") or (path == "/demonstracao" and here == "/demo")
    link = node("a", "rail-link", href=path, title=text)
    if current:
        link.props["aria-current"] = "page"
    with link:
        ui.icon(icon).props("aria-hidden=true")
        word("span", text)


def _settings(visit: Visit) -> None:
    t = visit.t
    following = {"auto": "light", "light": "dark", "dark": "auto"}[visit.theme]
    assert following in THEMES
    label = t("shell.theme", now=t(f"theme.{visit.theme}"))
    with node("a", "rail-link", href=f"/tema/{following}?next={visit.path}", title=label, aria_label=label):
        ui.icon(_THEME_ICONS[visit.theme]).props("aria-hidden=true")
        word("span", t(f"theme.{visit.theme}"))
    for code, name in LANGUAGES.items():
        if code != t.language:
            with node("a", "rail-link", href=f"/idioma/{code}?next={visit.path}", lang=code):
                ui.icon("translate").props("aria-hidden=true")
                word("span", name)
    if visit.principal is None:
        if visit.path != "/login":
            _link("/login", t("login.enter"), "login", visit.path)
        return
    with node("form", "", method="post", action="/logout"), node("button", "rail-link", type="submit"):
        ui.icon("logout").props("aria-hidden=true")
        word("span", t("login.leave", name=visit.principal.name))
