"""Contacts over HTTP, from the file to the tombstone."""

from __future__ import annotations

import io
import zipfile

from doors import Company, code, delivery

from engine.services.contact_import import Importer

CPF = "529.982.247-25"


async def test_a_contacts_life_over_http(acme: Company) -> None:
    field = {"label": "Plano", "kind": "choice", "options": ["Gold", "Silver"]}
    assert (await acme.send("PUT", "/api/v1/contact-fields/plan", json=field)).status_code == 200
    body = {"name": "Bia", "phone": "(41) 98888-7777", "tags": ["vip"], "fields": {"plan": "gold"}}
    made = (await acme.post("/api/v1/contacts/", json=body)).json()["contact"]
    assert (made["phone"], made["fields"]) == ("5541988887777", {"plan": "Gold"})
    where = f"/api/v1/contacts/{made['id']}"
    again = await acme.post("/api/v1/contacts/", json=body)
    assert (again.status_code, code(again)) == (409, "contact:known")
    wrong = await acme.send("PATCH", where, json={"fields": {"plan": "Bronze"}})
    assert (wrong.status_code, wrong.json()["path"]) == (400, "/fields/plan")
    stale = await acme.send("PATCH", where, json={"name": "B", "rev": 7})
    assert (stale.status_code, code(stale)) == (409, "contact:changed-meanwhile")
    assert (await acme.send("PATCH", where, json={"cpf": CPF, "rev": 1})).json()["contact"]["rev"] == 2
    assert (await acme.post(f"{where}/consents", json={"topic": "all", "granted": False})).status_code == 201
    card = (await acme.post(f"{where}/identities", json={"kind": "email", "value": "b@x.com"})).json()
    assert [i["kind"] for i in card["identities"]] == ["phone", "email"]
    gone = await acme.send("DELETE", f"{where}/identities/{card['identities'][1]['id']}")
    assert gone.status_code == 204

    async def listed(query: str) -> list[int]:
        counted = (await acme.get(f"/api/v1/contacts/count?{query}")).json()["count"]
        rows = (await acme.get(f"/api/v1/contacts/?{query}")).json()["items"]
        assert counted == len(rows)
        return [r["id"] for r in rows]

    for query in (
        "words=bi",
        "words=988887777",
        "tag=vip&opted_out=true",
        "field=plan",
        "topic=all&granted=false",
    ):
        assert await listed(query) == [made["id"]], query
    assert await listed("words=%00&channel=9223372036854775807") == []
    naive = await acme.get("/api/v1/contacts/?seen_from=2026-01-01T00:00:00")
    assert (naive.status_code, code(naive)) == (400, "input:no-zone")

    # the same person from another phone
    await acme.deliver(delivery("oi", phone="5511977776666"))
    other = (await acme.get("/api/v1/contacts/?words=11977776666")).json()["items"][0]["id"]
    await acme.send("PATCH", f"/api/v1/contacts/{other}", json={"cpf": CPF})
    assert (await acme.get("/api/v1/contacts/duplicates")).json()["items"][0]["evidence"][0]["kind"] == "cpf"
    seen = (await acme.get(f"{where}/merge-preview?other={other}")).json()
    assert (seen["after"]["name"], seen["conversations"]) == ("Bia", 1)
    merge = (await acme.post(f"{where}/merges", json={"other": other})).json()
    assert (await acme.get(f"/api/v1/contacts/{other}")).json()["contact"]["merged_into"] == made["id"]
    assert (await acme.post(f"/api/v1/contacts/merges/{merge['id']}/undo")).json()["undone_at"]

    zipped = await acme.get(f"{where}/export")
    assert "contact.json" in zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()
    table = await acme.get("/api/v1/contacts/export.csv?tag=vip")
    assert table.text.splitlines()[1].split(";")[1] == "Bia"

    no = await acme.post(f"{where}/erasure", json={"confirmed": "Ana"})
    assert (no.status_code, code(no)) == (422, "erasure:not-confirmed")
    assert (await acme.post(f"{where}/erasure", json={"confirmed": "Bia"})).status_code == 201
    assert (await acme.send("PATCH", where, json={"name": "x"})).status_code == 410
    assert len((await acme.get("/api/v1/contacts/erasures?handle=41988887777")).json()) == 1


async def test_a_file_over_http_and_nothing_of_another_company(acme: Company, rival: Company) -> None:
    data = b"nome;fone\nBia;41988887777\nRuim;1\n"
    sent = await acme.post("/api/v1/contact-imports/", content=data, headers={"x-filename": "%C3%A1.csv"})
    assert (sent.status_code, sent.json()["filename"], sent.json()["lines"]) == (201, "á.csv", 2)
    where = f"/api/v1/contact-imports/{sent.json()['id']}"
    settled = await acme.send("PATCH", where, json={"rule": "skip", "tags": ["lista"]})
    assert settled.json()["mapping"] == ["name", "phone"]
    assert [r["verdict"] for r in (await acme.get(f"{where}/preview")).json()["lines"]] == [
        "created",
        "failed",
    ]
    assert (await acme.get(f"{where}/check")).json()["codes"] == {"contact:bad-phone": 1}
    for path in ("", "/preview", "/check", "/errors", "/errors.csv"):
        assert (await rival.get(where + path)).status_code == 404, path
    assert (await rival.post(f"{where}/start")).status_code == 404
    assert (await acme.post(f"{where}/start")).status_code == 202
    assert acme.app.rt is not None
    await Importer(acme.app.rt).drain()
    done = (await acme.get(where)).json()
    assert (done["state"], done["created"], done["failed"]) == ("done", 1, 1)
    assert "contact:bad-phone" in (await acme.get(f"{where}/errors.csv")).text
    (contact,) = [c["id"] for c in (await acme.get("/api/v1/contacts/")).json()["items"]]
    for path in (
        "",
        "/conversations",
        "/duplicates",
        "/merges",
        "/export",
    ):
        assert (await rival.get(f"/api/v1/contacts/{contact}{path}")).status_code == 404, path
    assert (await rival.get("/api/v1/contacts/count")).json() == {"count": 0}
    assert (await rival.get("/api/v1/contact-tags/")).json() == []
    large = await acme.post("/api/v1/contact-imports/", content=b"PK\x03\x04" + b"x" * 100)
    assert (large.status_code, code(large)) == (400, "import:not-a-table")
