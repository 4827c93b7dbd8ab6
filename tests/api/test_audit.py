"""What the log of changes says, how it is searched and exported, and the company's own settings."""

from __future__ import annotations

import csv
import io
import json

from doors import Company, code

from engine.services import auditing, people


async def test_the_log_is_searched_and_exported(acme: Company, rival: Company) -> None:
    rt = acme.app.rt
    assert rt is not None
    hostile = '=HYPERLINK("http://evil.example")'
    await acme.post("/api/v1/keys", json={"name": hostile, "scopes": ["flows:read"]})
    await people.save_person(rt, acme.tenant, "rui@acme.example", "Rui", "rui-password", ["agent"])
    everything = (await acme.get("/api/v1/audit")).json()["items"]
    assert [row["id"] for row in everything] == sorted((row["id"] for row in everything), reverse=True)
    first = (await acme.get("/api/v1/audit?limit=1")).json()
    rest = (await acme.get(f"/api/v1/audit?before={first['next']}")).json()["items"]
    assert first["items"] + rest == everything

    keys = (await acme.get("/api/v1/audit?subject=api_key:")).json()["items"]
    assert keys and all(row["subject"].startswith("api_key:") for row in keys)
    made = (await acme.get("/api/v1/audit?action=person_saved")).json()["items"]
    assert [row["detail"]["after"]["name"] for row in made] == ["Rui", "Ana"]
    assert (await acme.get("/api/v1/audit?since=2999-01-01T00:00:00Z")).json()["items"] == []
    assert len((await acme.get("/api/v1/audit?until=2999-01-01T00:00:00Z")).json()["items"]) == len(
        everything
    )
    assert "person_saved" in (await acme.get("/api/v1/audit/actions")).json()
    assert (await acme.get("/api/v1/audit", params={"subject": "a\x00"})).status_code == 400
    assert (await acme.get("/api/v1/audit?since=0001-01-01T00:00:00%2B14:00")).status_code == 200

    named = (await acme.post("/api/v1/keys", json={"name": hostile, "scopes": ["audit:read"]})).json()["key"]
    await acme.client.get("/api/v1/flows", headers={"x-api-key": named})
    answer = await acme.get("/api/v1/audit/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["id", "at", "person"] and len(rows) > len(everything)
    cells = [cell for row in rows for cell in row]
    assert "'" + hostile in cells and not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert "rival" not in answer.text
    assert (await acme.get("/api/v1/audit?action=audit_exported")).json()["items"]
    assert acme.key not in answer.text and named not in answer.text


async def test_refusals_are_noted_once_a_minute(acme: Company) -> None:
    made = (await acme.post("/api/v1/keys", json={"name": "few", "scopes": ["flows:read"]})).json()
    header = {"x-api-key": made["key"]}
    auditing._joined.clear()
    for ident in (1, 2, 3):
        await acme.client.get(f"/api/v1/contacts/{ident}", headers=header)
    for ident in ("a", "b"):
        await acme.client.get(f"/api/v1/flows/{ident}", headers=header)
    # another process knows nothing of these
    auditing._joined.clear()
    await acme.client.get("/api/v1/contacts/4", headers=header)
    await acme.client.get("/api/v1/nothing/here", headers=header)
    noted = await acme.rows(
        "SELECT subject, detail, key_id FROM audit WHERE action = 'access_refused' ORDER BY id"
    )
    assert [(row[0], row[2]) for row in noted] == [
        ("route:GET /api/v1/contacts/{contact}", made["row"]["id"]),
        ("route:GET /api/v1/flows/{flow}", made["row"]["id"]),
    ]
    assert [json.loads(row[1])["status"] for row in noted] == [403, 404]


async def test_a_company_sets_its_hours_and_days_off(acme: Company) -> None:
    hours = {"mon": [["13:00", "18:00"], ["08:00", "12:00"]], "sun": []}
    change = {"hours": hours, "region": "PR", "second_factor": ["supervisor"], "name": "Acme & Filhos"}
    seen = (await acme.send("PATCH", "/api/v1/company", json=change)).json()
    assert seen["hours"] == {"mon": [["08:00", "12:00"], ["13:00", "18:00"]]}, "a break at noon"
    assert (seen["name"], seen["region"], seen["second_factor"]) == ("Acme & Filhos", "PR", ["supervisor"])
    wrong: list[tuple[dict[str, object], str]] = [
        ({"hours": {"mon": [["08:00", "12:00"], ["11:00", "18:00"]]}}, "tenant:bad-hours"),
        ({"hours": {"mon": [["8", "12"]]}}, "tenant:bad-hours"),
        ({"hours": {"xxx": []}}, "tenant:bad-hours"),
        ({"zone": "Mars/Olympus"}, "tenant:unknown-zone"),
        ({"country": "ZZ"}, "tenant:unknown-country"),
        ({"region": "XX"}, "tenant:unknown-country"),
        ({"second_factor": ["king"]}, "input:invalid"),
    ]
    for bad, expected in wrong:
        assert code(await acme.send("PATCH", "/api/v1/company", json=bad)) == expected, bad
    for day in ("2026-12-24", "12-26"):
        path = f"/api/v1/company/holidays/{day}"
        assert (await acme.send("PUT", path, json={"name": "Folga"})).status_code == 204
    days = {
        off["day"]: off["source"] for off in (await acme.get("/api/v1/company/holidays?year=2026")).json()
    }
    assert days["2026-12-24"] == "own" and days["2026-12-26"] == "yearly" and days["2026-12-25"] == "official"
    for day in ("2026-13-01", "02-30", "x", "2026-1-1"):
        bad_day = await acme.send("PUT", f"/api/v1/company/holidays/{day}", json={"name": "x"})
        assert code(bad_day) == "tenant:bad-day"
    assert (await acme.send("DELETE", "/api/v1/company/holidays/12-26")).status_code == 204
    assert code(await acme.send("DELETE", "/api/v1/company/holidays/12-26")) == "tenant:unknown-day"
    rows = (await acme.get("/api/v1/audit?action=company_configured")).json()["items"]
    assert rows[0]["detail"] == {"before": {"yearly": {"12-26": "Folga"}}, "after": {"yearly": None}}
    assert set(rows[-1]["detail"]["after"]) == {"hours", "region", "second_factor", "name"}, "what changed"
