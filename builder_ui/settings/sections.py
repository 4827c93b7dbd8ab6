"""The parts of the settings, in the order in which they are listed. A new part adds a line here and a right to
`engine.services.permissions.PAGES`."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    path: str
    key: str
    icon: str


SECTIONS: tuple[Section, ...] = (
    Section("/settings/people", "settings.people", "group"),
    Section("/settings/teams", "settings.teams", "groups"),
    Section("/settings/company", "settings.company", "apartment"),
    Section("/settings/queues", "queues.title", "format_list_numbered"),
    Section("/settings/channels", "channels.title", "hub"),
    Section("/settings/keys", "settings.keys", "key"),
    Section("/settings/audit", "settings.audit", "history"),
)
OWN = Section("/settings/me", "settings.me", "account_circle")
