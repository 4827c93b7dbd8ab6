"""What a message holds, by its kind: text, pictures, sounds, places, cards, and the buttons that were offered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from builder_ui.elements.native import node, word
from builder_ui.inbox.words import icon, words
from builder_ui.texts import Texts
from engine.services.views import MessageRow


def draw(message: MessageRow, tenant: int, t: Texts) -> None:
    """The content, into the current slot."""
    content = message.content
    match str(content.get("type", "")):
        case "text":
            words(message.text, t)
        case "media":
            _media(message, tenant, t)
        case "location":
            _location(content, t)
        case "buttons":
            _framed(content, t)
            _choices([str(b.get("title", "")) for b in _dicts(content.get("buttons"))], "reply")
        case "list":
            _framed(content, t)
            rows = [row for s in _dicts(content.get("sections")) for row in _dicts(s.get("rows"))]
            _choices([str(r.get("title", "")) for r in rows], "list")
        case "template":
            with node("div", "ib-template-mark"):
                icon("verified")
                word("span", t("ib.template"))
            words(message.text, t)
        case "pix":
            words(message.text, t)
            with node("div", "ib-pix"):
                icon("pix")
                word("span", t("ib.pix", amount=reais(content.get("amount"))))
        case "chosen":
            with node("div", "ib-chosen"):
                icon("touch_app")
                words(message.text, t, marks=False)
        case "contacts":
            for card in _dicts(content.get("cards")):
                _card(card, t)
        case "order":
            _order(content, t)
        case "form_reply":
            _form(content, t)
        case "unsupported":
            _odd(t("ib.kind.unsupported"))
        case "reaction":
            word("div", t("ib.reacted", emoji=str(content.get("emoji", "")) or "∅"), "ib-odd")
        case other:
            _odd(t.known("ib.kind", other))
            if message.text:
                words(message.text, t)


def source(message: MessageRow, tenant: int) -> str:
    """Where a browser gets the attachment: our copy, or a file of our own. "" while it is not here, and for
    addresses of others: opening a conversation must not tell them."""
    content = message.content
    if content.get("stored"):
        return f"/inbox/media/{message.conversation_id}/{message.id}"
    url = str(content.get("url", ""))
    own = f"/files/{tenant}/"
    if own in url:
        name = url.rpartition(own)[2]
        return own + name if name.replace(".", "").isalnum() else ""
    return ""


def _media(message: MessageRow, tenant: int, t: Texts) -> None:
    content, at = message.content, source(message, tenant)
    kind = str(content.get("kind", ""))
    label = t.known("ib.kind", kind)
    name = str(content.get("filename", ""))
    url = str(content.get("url", ""))
    if not at and url.startswith(("https://", "http://")):
        with node("a", "ib-paper", href=url, target="_blank", rel="noopener noreferrer nofollow"):
            icon("link")
            word("bdi", name or label)
    elif not at:
        with node("div", "ib-paper waiting"):
            icon("hourglass_empty")
            word("span", t("ib.fetching", kind=label))
    elif kind in ("image", "sticker"):
        with node(
            "a",
            "ib-picture" + (" sticker" if kind == "sticker" else ""),
            href=at,
            target="_blank",
            rel="noopener",
        ):
            node("img", "", src=at, alt=str(content.get("caption", "")) or label, loading="lazy")
    elif kind == "audio":
        node("audio", "ib-sound", src=at, controls=True, preload="metadata", aria_label=label)
    elif kind == "video":
        node("video", "ib-film", src=at, controls=True, preload="metadata", aria_label=label)
    else:
        with node("a", "ib-paper", href=at, target="_blank", rel="noopener", download=name or True):
            icon("description")
            word("bdi", name or label)
    if content.get("caption"):
        words(str(content["caption"]), t)


def _location(content: dict[str, Any], t: Texts) -> None:
    try:
        latitude, longitude = float(content.get("latitude", 0)), float(content.get("longitude", 0))
    except (TypeError, ValueError):
        _odd(t("ib.kind.location"))
        return
    place = f"{latitude:.6f},{longitude:.6f}"
    query = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
    href = f"https://www.openstreetmap.org/?{query}#map=16/{place.replace(',', '/')}"
    with node("a", "ib-paper", href=href, target="_blank", rel="noopener noreferrer nofollow"):
        icon("place")
        with node("span", "ib-paper-words"):
            word("bdi", str(content.get("name", "")) or t("ib.kind.location"))
            word("bdi", str(content.get("address", "")) or place, "quiet")


def _framed(content: dict[str, Any], t: Texts) -> None:
    if content.get("header"):
        word("div", str(content["header"]), "ib-head", dir="auto")
    words(str(content.get("text", "")), t)
    if content.get("footer"):
        word("div", str(content["footer"]), "quiet", dir="auto")


def _choices(titles: list[str], symbol: str) -> None:
    with node("ul", "ib-choices"):
        for title in titles[:30]:
            with node("li"):
                icon(symbol)
                word("bdi", title)


def _card(card: dict[str, Any], t: Texts) -> None:
    with node("div", "ib-paper"):
        icon("contact_page")
        with node("span", "ib-paper-words"):
            word("bdi", str(card.get("name", "")) or t("ib.nameless"))
            for phone in card.get("phones", [])[:5]:
                word("span", str(phone), "quiet")


def _order(content: dict[str, Any], t: Texts) -> None:
    with node("div", "ib-paper"):
        icon("shopping_bag")
        with node("span", "ib-paper-words"):
            word("span", t("ib.kind.order"))
            for item in _dicts(content.get("items"))[:20]:
                word("span", f"{item.get('quantity', 1)} × {item.get('product', '')}", "quiet")
    if content.get("text"):
        words(str(content["text"]), t)


def _form(content: dict[str, Any], t: Texts) -> None:
    word("div", t("ib.kind.form"), "ib-head")
    values = content.get("values")
    if isinstance(values, dict):
        with node("dl", "pairs"):
            for name, value in list(values.items())[:50]:
                word("dt", str(name))
                word("dd", str(value)[:500])


def _odd(text: str) -> None:
    word("div", text, "ib-odd")


def _dicts(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def reais(centavos: object) -> str:
    """Money as people write it here."""
    amount = centavos if isinstance(centavos, int) else 0
    whole = f"{amount // 100:,}".replace(",", ".")
    return f"R$ {whole},{amount % 100:02d}"
