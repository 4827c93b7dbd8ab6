"""What the live panel shows is counted from what happened: who came, who left which way, who stopped, who stands."""

from __future__ import annotations

from datetime import timedelta

from greeting import greeting
from harness import Company

from engine.services import clock, traffic

ANA, RUI, LIA = "5511900000001", "5511900000002", "5511900000003"


async def test_people_are_counted_where_they_came_left_stopped_and_stand(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi", phone=ANA)
    await acme.says("oi", phone=RUI)
    await acme.says("oi", phone=LIA)
    await acme.settle()
    await acme.says("Ana", phone=ANA)
    await acme.settle()
    found = await traffic.figures(acme.rt, acme.tenant, "greeting")
    assert found.people == 3
    ask = found.nodes["name"]
    assert (ask.came, ask.here, ask.gave_up) == (3, 2, 0)
    assert found.exits == {"name.answered": 1, "hello.next": 1}
    assert [(s.version, s.node, s.people) for s in found.standing] == [(1, "name", 2)]

    # one conversation is closed by somebody: that person stopped on the way
    async with acme.rt.db.tenant(acme.tenant) as c:
        await c.execute(
            "UPDATE conversation SET state = 'closed', flow = '', node = '' "
            "WHERE contact_id = (SELECT contact_id FROM contact_identity WHERE value = $1 LIMIT 1)",
            RUI,
        )
    after = (await traffic.figures(acme.rt, acme.tenant, "greeting")).nodes["name"]
    assert (after.came, after.here, after.gave_up) == (3, 1, 1)


async def test_versions_are_told_apart_and_a_period_ends(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi", phone=ANA)
    await acme.settle()
    from engine.services import flows

    await flows.publish(acme.rt, acme.tenant, "greeting")
    await acme.says("oi", phone=RUI)
    await acme.settle()
    for version, people in ((0, 2), (1, 1), (2, 1), (3, 0)):
        found = await traffic.figures(acme.rt, acme.tenant, "greeting", version=version)
        assert found.people == people
    await clock.advance(acme.rt, acme.tenant, timedelta(days=3))
    assert (await traffic.figures(acme.rt, acme.tenant, "greeting", days=2)).people == 0
    assert (await traffic.figures(acme.rt, acme.tenant, "greeting", days=7)).people == 2


async def test_the_people_behind_a_figure_are_named(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi", phone=ANA)
    await acme.settle()
    await acme.says("Ana", phone=ANA)
    await acme.settle()
    (passer,) = await traffic.passers(acme.rt, acme.tenant, "greeting", "name", "answered")
    assert passer.name == "Ana" and passer.version == 1
    assert await traffic.passers(acme.rt, acme.tenant, "greeting", "name", "timeout") == []
    assert len(await traffic.passers(acme.rt, acme.tenant, "greeting", "name", None)) == 1


async def test_another_company_sees_nothing_of_it(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi", phone=ANA)
    await acme.settle()
    async with acme.rt.db.system() as c:
        other = await c.fetchval("SELECT trama_create_tenant('other', 'Other')")
    found = await traffic.figures(acme.rt, other, "greeting")
    assert (found.people, found.nodes, found.exits, found.standing) == (0, {}, {}, [])
