"""What doors get from and give to the layers that they must not know: rows to show, a delivery as it came."""

from connectors.contract import Received
from engine.core.flow import Document
from engine.store.agents import AgentRow, Presence, Stretch
from engine.store.audit import AuditRow
from engine.store.canned import CannedRow
from engine.store.contact_fields import FieldKind, FieldRow, TagRow
from engine.store.contacts import ContactRow
from engine.store.conversations import (
    ConversationRow,
    Cursor,
    MessageRow,
    NoteRow,
    OwnerName,
    State,
)
from engine.store.desk_figures import AgentFigures, QueueFigures
from engine.store.drafts import DraftKind, DraftRow
from engine.store.edits import EditRow
from engine.store.flows import FlowLine, FlowRow, VersionRow
from engine.store.happenings import RefusedRow
from engine.store.identities import ConsentRow, IdentityRow
from engine.store.imports import ErrorRow, ImportRow
from engine.store.inbox import Filters, InboxCursor, InboxRow, TicketClocks, View
from engine.store.inbox_thread import DeedLine, NoteLine
from engine.store.keys import ApiKey
from engine.store.logins import SessionRow
from engine.store.mentions import MentionRow
from engine.store.merges import MergeRow
from engine.store.news import NewsRow
from engine.store.outbox import DeadLetter
from engine.store.people import Person
from engine.store.queues import QueueRow
from engine.store.teams import TeamRow
from engine.store.templates import Status as TemplateStatus
from engine.store.templates import TemplateRow
from engine.store.tickets import TicketRow, TicketState
from engine.store.traces import PutAside, TraceRow
from engine.store.traffic import Passer, Standing
from engine.store.upkeep import Queues

__all__ = [
    "AgentFigures",
    "AgentRow",
    "ApiKey",
    "AuditRow",
    "CannedRow",
    "ConsentRow",
    "ContactRow",
    "ConversationRow",
    "Cursor",
    "DeadLetter",
    "DeedLine",
    "Document",
    "DraftKind",
    "DraftRow",
    "EditRow",
    "ErrorRow",
    "FieldKind",
    "FieldRow",
    "Filters",
    "FlowLine",
    "FlowRow",
    "IdentityRow",
    "ImportRow",
    "InboxCursor",
    "InboxRow",
    "MentionRow",
    "MergeRow",
    "MessageRow",
    "NewsRow",
    "NoteLine",
    "NoteRow",
    "OwnerName",
    "Passer",
    "Person",
    "Presence",
    "PutAside",
    "QueueFigures",
    "QueueRow",
    "Queues",
    "Received",
    "RefusedRow",
    "SessionRow",
    "Standing",
    "State",
    "Stretch",
    "TagRow",
    "TeamRow",
    "TemplateRow",
    "TemplateStatus",
    "TicketClocks",
    "TicketRow",
    "TicketState",
    "TraceRow",
    "VersionRow",
    "View",
]
