"""The list of flows as people keep it: copies, tags, templates, the archive; and publishing in spite of errors."""

from __future__ import annotations

import msgspec
import pytest
from greeting import greeting
from harness import Company, people

from engine.core.edit.commands import SetNode
from engine.core.errors import TramaError
from engine.services import editing, exchange, flow_list, flows, gallery
from engine.services.editing import Author
from engine.services.flows import Override
from engine.services.people import Principal


async def test_a_line_tells_what_stands_where(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    person = await people.save_person(acme.rt, acme.tenant, "bia@x.br", "Bia", "segredo1", ["administrator"])
    (line,) = await flow_list.lines(acme.rt, acme.tenant)
    assert (line.live_version, line.changed, line.today, line.steps, line.who) == (1, False, 1, 4, "")
    change = SetNode(id="hello", path="/text", value="Oi!")
    await editing.edit(acme.rt, acme.tenant, "greeting", change, Author(person=person.id))
    (line,) = await flow_list.lines(acme.rt, acme.tenant)
    assert (line.changed, line.who) == (True, "Bia")


async def test_copies_have_ids_of_their_own_and_hear_nothing(acme: Company) -> None:
    await flows.create(acme.rt, acme.tenant, greeting())
    one = await flow_list.duplicate(acme.rt, acme.tenant, "greeting", "Saudação (cópia)")
    two = await flow_list.duplicate(acme.rt, acme.tenant, "greeting", "Saudação (cópia)")
    assert (one.row.id, two.row.id) == ("saudacao_copia", "saudacao_copia_2")
    assert one.document.triggers == [] and one.document.nodes == two.document.nodes


@pytest.mark.parametrize(
    ("name", "ident"),
    [("Cobrança Ágil!", "cobranca_agil"), ("2ª via", "flow_2a_via"), ("🤖", "flow"), ("", "flow")],
)
def test_an_id_is_made_from_any_name(name: str, ident: str) -> None:
    assert flow_list.free_id(name, set()) == ident


async def test_a_new_flow_begins_with_its_words(acme: Company) -> None:
    words = ["boleto", " segunda  via ", "boleto", ""]
    made = await flow_list.start(acme.rt, acme.tenant, "Boletos", "chatbot", "pt-BR", keywords=words)
    assert made.document.triggers[0].keywords == ["boleto", "segunda via"]
    plain = await flow_list.start(acme.rt, acme.tenant, "Boletos", "subflow", "pt-BR")
    assert (plain.row.id, plain.document.triggers) == ("boletos_2", [])


async def test_tags_are_kept_clean(acme: Company) -> None:
    await flows.create(acme.rt, acme.tenant, greeting())
    await flow_list.set_tags(acme.rt, acme.tenant, "greeting", [" vendas ", "vendas", "", "São Paulo"])
    (line,) = await flow_list.lines(acme.rt, acme.tenant)
    assert line.tags == ["vendas", "São Paulo"]
    with pytest.raises(TramaError, match="flow:bad-tag"):
        await flow_list.set_tags(acme.rt, acme.tenant, "greeting", ["x" * 41])
    with pytest.raises(TramaError, match="flow:unknown"):
        await flow_list.set_tags(acme.rt, acme.tenant, "nobody", ["a"])


async def test_what_is_archived_comes_back_as_a_draft(acme: Company) -> None:
    await acme.publish(greeting())
    await flows.archive(acme.rt, acme.tenant, "greeting")
    assert await flow_list.lines(acme.rt, acme.tenant) == []
    await flow_list.unarchive(acme.rt, acme.tenant, "greeting")
    (line,) = await flow_list.lines(acme.rt, acme.tenant)
    assert line.live_version is None


async def test_a_template_brings_what_it_calls(acme: Company) -> None:
    wanted = next(t for t in gallery.templates() if t.calls)
    made = await flow_list.from_template(acme.rt, acme.tenant, wanted.id, "pt-BR")
    ids = {line.id for line in await flow_list.lines(acme.rt, acme.tenant)}
    assert ids == {wanted.id, *wanted.calls} and made.row.id == wanted.id
    again = await flow_list.from_template(acme.rt, acme.tenant, wanted.id, "pt-BR")
    assert again.row.id != wanted.id and again.document.triggers == []


def test_every_template_has_a_conversation_to_show_and_green_tests() -> None:
    for template in gallery.templates():
        assert gallery.test(template.id).failed == []
        assert any(line.out for line in gallery.sample(template.id)), template.id


async def test_an_import_is_reported_before_it_happens(acme: Company) -> None:
    await flows.create(acme.rt, acme.tenant, greeting())
    odd = greeting() | {
        "nodes": [*greeting()["nodes"], {"id": "x", "type": "hologram"}, {"id": "y", "type": "ask"}]
    }
    report = await exchange.examine(acme.rt, acme.tenant, msgspec.json.encode(odd))
    assert (report.exists, report.steps, report.unknown) == (True, 6, ["hologram"])
    assert [p.node for p in report.unreadable] == ["y"]
    with pytest.raises(TramaError, match="flow:not-json"):
        await exchange.examine(acme.rt, acme.tenant, b"{")


def principal(acme: Company, *roles: str) -> Principal:
    return Principal(tenant=acme.tenant, name="Ana", roles=list(roles))


async def test_only_an_administrator_publishes_in_spite_of_errors_and_says_why(acme: Company) -> None:
    await flows.create(acme.rt, acme.tenant, greeting())
    wrong = SetNode(id="hello", path="/text", value="")
    await editing.edit(acme.rt, acme.tenant, "greeting", wrong, Author())
    with pytest.raises(TramaError, match="flow:has-errors"):
        await flows.publish(acme.rt, acme.tenant, "greeting")
    for roles, reason, code in (
        (["operator"], "now", "flow:may-not-override"),
        (["administrator"], " ", "flow:reason-needed"),
    ):
        override = Override(by=principal(acme, *roles), reason=reason)
        with pytest.raises(TramaError, match=code):
            await flows.publish(acme.rt, acme.tenant, "greeting", override=override)
    override = Override(by=principal(acme, "administrator"), reason="o cliente pediu")
    assert (await flows.publish(acme.rt, acme.tenant, "greeting", override=override)).version == 1
    (detail,) = await acme.rows("SELECT detail FROM audit WHERE action = 'flow_published'")
    assert detail["override"] == "o cliente pediu" and detail["errors"] >= 1


async def test_what_cannot_be_read_is_never_published(acme: Company) -> None:
    await flows.create(acme.rt, acme.tenant, greeting())
    broken = SetNode(id="name", path="/tries", value="many")
    await editing.edit(acme.rt, acme.tenant, "greeting", broken, Author())
    override = Override(by=principal(acme, "administrator"), reason="trotzdem")
    with pytest.raises(TramaError, match="flow:bad-node"):
        await flows.publish(acme.rt, acme.tenant, "greeting", override=override)


async def test_an_old_version_comes_back_as_a_draft_that_one_undo_takes_away(acme: Company) -> None:
    await acme.publish(greeting())
    change = SetNode(id="hello", path="/text", value="Oi!")
    await editing.edit(acme.rt, acme.tenant, "greeting", change, Author())
    changed = (await editing.draft(acme.rt, acme.tenant, "greeting")).document
    await flows.restore(acme.rt, acme.tenant, "greeting", 1, Author(), words="Versão 1")
    assert (await editing.draft(acme.rt, acme.tenant, "greeting")).document.nodes[1][
        "text"
    ] == "Olá, {{ name }}!"
    undone = await editing.undo(acme.rt, acme.tenant, "greeting", Author())
    assert undone is not None and undone.document == changed
