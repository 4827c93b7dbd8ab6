"""What doors get from and give to the layers that they must not know: rows to show, a delivery as it came."""

from connectors.contract import Received
from engine.core.flow import Document
from engine.store.audit import AuditRow
from engine.store.contacts import ConsentRow, ContactRow, IdentityRow
from engine.store.conversations import (
    ConversationRow,
    Cursor,
    MessageRow,
    NoteRow,
    OwnerName,
    State,
    TicketRow,
)
from engine.store.edits import EditRow
from engine.store.flows import FlowLine, FlowRow, VersionRow
from engine.store.happenings import RefusedRow
from engine.store.keys import ApiKey
from engine.store.logins import SessionRow
from engine.store.outbox import DeadLetter
from engine.store.people import Person
from engine.store.teams import TeamRow
from engine.store.traces import PutAside, TraceRow
from engine.store.traffic import Passer, Standing
from engine.store.upkeep import Queues

__all__ = [
    "ApiKey",
    "AuditRow",
    "ConsentRow",
    "ContactRow",
    "ConversationRow",
    "Cursor",
    "DeadLetter",
    "Document",
    "EditRow",
    "FlowLine",
    "FlowRow",
    "IdentityRow",
    "MessageRow",
    "NoteRow",
    "OwnerName",
    "Passer",
    "Person",
    "PutAside",
    "Queues",
    "Received",
    "RefusedRow",
    "SessionRow",
    "Standing",
    "State",
    "TeamRow",
    "TicketRow",
    "TraceRow",
    "VersionRow",
]
