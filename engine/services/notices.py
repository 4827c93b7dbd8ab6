"""Notices to people and systems outside the conversation: how each way is found and carried out.

`in_app` is live news, `webhook` and `sms` go over HTTP to what the company's service `notify` names, `email` over the
server of its service `mail`. The words of a notice may come from a contact: in HTML they are escaped.
"""

from __future__ import annotations

from typing import Any

import jinja2
import msgspec

from connectors import smtp
from connectors.calls import CallResult, Failed, Ok
from connectors.notify import NotifySettings, notice
from engine.services import channels, companies
from engine.services.live import News
from engine.services.runtime import Runtime

_PAGES = jinja2.Environment(loader=jinja2.PackageLoader("engine.services", "pages"), autoescape=True)


async def tell(
    rt: Runtime, tenant: int, by: str, args: dict[str, Any], *, conversation: int, key: str
) -> CallResult:
    """`args`: to, subject, text. `key` is the same in every repetition."""
    to, subject, text = str(args["to"]), str(args["subject"]), str(args["text"])
    if by == "in_app":
        data = {"to": to[:200], "subject": subject[:200], "text": text[:1000]}
        rt.live.publish(News("system_message", tenant, conversation, data))
        return Ok(value=None)
    if by == "email":
        return await _mail(rt, tenant, to, subject, text, key)
    if by not in ("webhook", "sms"):
        return Failed(code="notify:not-available", detail=f"no way to send by {by}")
    found = await channels.service(rt, tenant, "notify")
    if found is None:
        return Failed(code="notify:not-configured", detail="no notices are set up for this company")
    settings = msgspec.convert(found[1], NotifySettings)
    return await rt.courier.drive(
        notice(settings, "sms" if by == "sms" else "webhook", to, text, subject=subject)
    )


async def _mail(rt: Runtime, tenant: int, to: str, subject: str, text: str, key: str) -> CallResult:
    found = await channels.service(rt, tenant, "mail")
    if found is None:
        return Failed(code="notify:not-configured", detail="no mail server is set up for this company")
    settings = msgspec.convert(found[1], smtp.MailSettings)
    company = (await companies.company(rt, tenant)).name
    html = _PAGES.get_template("notice.html.j2").render(paragraphs=text.split("\n\n"), company=company)
    message = smtp.compose(settings, to, subject, text, html, key)
    if message is None:
        return Failed(code="notify:bad-address", detail="not an e-mail address")
    return await smtp.send(settings, message, allow=rt.settings.allow_hosts)
