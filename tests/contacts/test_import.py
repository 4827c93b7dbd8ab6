"""Files as people send them become contacts, line by line, and what does not is said."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from harness import Company

from engine.core.errors import TramaError
from engine.services import (
    contact_fields,
    contact_files,
    contact_import,
    contact_tables,
    contacts,
    csv_lines,
)
from engine.services.contact_import import Importer
from engine.services.contacts import Change


async def body(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 1000):
        yield data[at : at + 1000]


async def sent(acme: Company, data: bytes | str, name: str = "clientes.csv", **more: Any) -> int:
    data = data.encode() if isinstance(data, str) else data
    return (await contact_files.receive(acme.rt, acme.tenant, name, body(data), **more)).id


async def taken(acme: Company, ident: int, **how: Any) -> contact_import.ImportRow:
    if how:
        await contact_import.settle(acme.rt, acme.tenant, ident, **how)
    await contact_import.start(acme.rt, acme.tenant, ident)
    await Importer(acme.rt).drain()
    return await contact_import.one(acme.rt, acme.tenant, ident)


async def wrong(acme: Company, ident: int) -> list[tuple[int, str, str, str]]:
    found = await contact_import.errors(acme.rt, acme.tenant, ident)
    return [(e.line, e.field, e.code, e.value) for e in found]


async def over(acme: Company) -> None:
    """The lease of whoever worked on it runs out."""
    await acme.rows("UPDATE contact_import SET lease_until = now() - interval '1 s' RETURNING 1")


MESSY = """\
Nome;Celular;E-mail;CPF;Etiquetas;Plano;Observações
María da Silva;(41) 98888-7777;Maria@X.com;529.982.247-25;vip, novo;Gold;primeira
Zé;41 97777-6666;;;;;=cmd|' /C calc'!A0
=HYPERLINK("http://x");41966665555;;;;;
Sem número;;;;;;
Ruim;12;ana@;111.111.111-11;;Bronze;
;;;;só etiqueta;;
"Aberto;41955554444;;;;;
Maria outra vez;5541988887777;;;antigo;;
Outra;41988887777;;012.345.678-90;;;
Demais;41944443333;;;;;;;
Demais;41944443333;;;;;x;y;z
"""


async def test_each_line_is_taken_in_whole_or_said_to_be_wrong(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    plan = contact_fields.FieldChange(label="Plano", kind="choice", options=["Gold", "Silver"])
    await contact_fields.save(rt, tenant, "plan", plan)
    ident = await sent(acme, MESSY)
    row = await contact_import.one(rt, tenant, ident)
    assert (row.delimiter, row.encoding, row.lines, row.state) == (";", "utf-8", 11, "ready")
    assert row.mapping == ["name", "phone", "email", "cpf", "tags", "field:plan", ""]
    shown = (await contact_import.preview(rt, tenant, ident)).lines
    verdicts = [
        "created",
        "created",
        "created",
        "created",
        *["failed"] * 3,
        "updated",
        "failed",
        "created",
        "failed",
    ]
    assert [s.verdict for s in shown] == verdicts
    counted = await contact_import.check(rt, tenant, ident)
    assert await contacts.contacts(rt, tenant) == [], "nothing is written before it is started"

    row = await taken(acme, ident, tags=["lista"])
    assert (row.state, row.created, row.updated, row.failed) == ("done", 5, 1, 5)
    assert (counted.created, counted.updated, counted.failed) == (5, 1, 5)
    assert await wrong(acme, ident) == [
        (6, "phone", "contact:bad-phone", "12"),
        (6, "email", "contact:bad-email", "ana@"),
        (6, "cpf", "contact:bad-cpf", "111.111.111-11"),
        (6, "field:plan", "contact:bad-choice", "Bronze"),
        (7, "", "import:nobody", ""),
        (8, "", "import:open-quote", '"Aberto;41955554444;;;;;'),
        (9, "", "import:repeated", "2"),
        (10, "cpf", "import:other-cpf", "01234567890"),
        (12, "", "import:too-many-columns", "9"),
    ]
    found = {r.phone: r for r in await contacts.contacts(rt, tenant)}
    maria = found["5541988887777"]
    assert (maria.name, maria.tags) == ("Maria outra vez", ["vip", "novo", "lista", "antigo"])
    assert (maria.cpf, maria.fields) == ("52998224725", {"plan": "Gold"})
    assert found["5541966665555"].name == '=HYPERLINK("http://x")', "a formula is text"
    report = b"".join(
        [p async for p in contact_tables.errors_csv(rt, tenant, ident, lambda code, _: "=" + code)]
    )
    lines = list(csv.reader(io.StringIO(report.decode("utf-8-sig")), delimiter=";"))
    assert lines[1] == ["6", "phone", "contact:bad-phone", "12", "'=contact:bad-phone"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
    assert await acme.rows("SELECT count(*) FROM contact_import_chunk") == [0], "what is in is not kept twice"


async def test_a_second_file_changes_skips_and_knows_who_writes(acme: Company) -> None:
    await acme.says("oi", phone="554188887777")
    again = "nome,telefone\nAna Souza,(41) 98888-7777\nBia,41977776666\n"
    row = await taken(acme, await sent(acme, again), rule="skip")
    assert (row.created, row.skipped) == (1, 1)
    row = await taken(acme, await sent(acme, again))
    assert (row.updated, row.unchanged, row.created) == (1, 1, 0)
    assert sorted(r.name for r in await contacts.contacts(acme.rt, acme.tenant)) == ["Ana Souza", "Bia"]
    await acme.says("oi", phone="554177776666")
    assert len(await contacts.contacts(acme.rt, acme.tenant)) == 2


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8-sig", "nome;fone\nJosé;41988887777\n".encode("utf-8-sig")),
        ("utf-16", "nome\tfone\nJosé\t41988887777\n".encode("utf-16")),
        ("utf-16-le", "nome;fone\nJosé;41988887777\n".encode("utf-16-le")),
        ("cp1252", "nome,fone\r\nJosé,41988887777\r\n".encode("cp1252")),
        ("utf-8", "José|41988887777\rAna|41977776666\r".encode()),
    ],
)
def test_encoding_and_delimiter_are_found_out(encoding: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert csv_lines.encoding_of(path) == encoding
    delimiter = csv_lines.delimiter_of(path, encoding)
    with csv_lines.opened(path, encoding) as file:
        found = [line.cells for line in csv_lines.lines(file, delimiter)]
    assert ["José", "41988887777"] in found


def test_one_broken_line_does_not_spoil_the_others(tmp_path: Path) -> None:
    good = "José;1\n".encode() * 20
    path = tmp_path / "file"
    path.write_bytes(
        b"nome;n\n" + good + "José;2\n".encode("cp1252") + b'"a;3\n' + good + b'"a\nb";4\n' + b"x" * 10**6
    )
    assert csv_lines.encoding_of(path) == "utf-8"
    with csv_lines.opened(path, "utf-8") as file:
        found = list(csv_lines.lines(file, ";"))
    assert [(line.number, line.code) for line in found if line.code] == [
        (22, "import:bad-encoding"),
        (23, "import:open-quote"),
        (46, "import:line-too-long"),
    ]
    assert [line.cells for line in found if line.number == 44] == [["a\nb", "4"]]


async def test_an_import_goes_on_after_a_kill_exactly_where_it_was(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_files, "CHUNK", 10)
    lines = "".join(f"P{n};419{80000000 + n % 40}\n" for n in range(45))
    ident = await sent(acme, "nome;celular\n" + lines)
    await contact_import.start(acme.rt, acme.tenant, ident)
    assert await contact_import.take_in_chunk(acme.rt, acme.tenant, ident)
    await over(acme)
    advance = contact_import.store.advance

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(contact_import.store, "advance", killed)
    with pytest.raises(asyncio.CancelledError):
        await Importer(acme.rt).drain()
    monkeypatch.setattr(contact_import.store, "advance", advance)
    assert len(await contacts.contacts(acme.rt, acme.tenant)) == 9, "the chunk under way left nothing behind"
    await Importer(acme.rt).drain()
    row = await contact_import.one(acme.rt, acme.tenant, ident)
    assert (row.state, row.done, row.created, row.updated) == ("done", 5, 40, 5)
    assert [(e[0], e[2], e[3]) for e in await wrong(acme, ident)] == [
        (42 + n, "import:repeated", str(2 + n)) for n in range(5)
    ]


async def test_a_cancelled_import_says_how_far_it_came(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_files, "CHUNK", 10)
    ident = await sent(acme, "nome;celular\n" + "".join(f"P{n};419{80000000 + n}\n" for n in range(25)))
    await contact_import.start(acme.rt, acme.tenant, ident)
    await contact_import.take_in_chunk(acme.rt, acme.tenant, ident)
    row = await contact_import.cancel(acme.rt, acme.tenant, ident)
    await over(acme)
    await Importer(acme.rt).drain()
    assert (row.state, row.lines, row.created) == ("cancelled", 25, 9)
    assert len(await contacts.contacts(acme.rt, acme.tenant)) == 9
    for deed in (contact_import.start, contact_import.cancel, contact_import.preview):
        with pytest.raises(TramaError, match="import:"):
            await deed(acme.rt, acme.tenant, ident)


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
NS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheet: str, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "_rels/.rels",
            f'<Relationships {NS}><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        file.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships {NS}><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
        )
        file.writestr("xl/worksheets/sheet1.xml", SHEET.format(sheet))
        for name, data in more.items():
            file.writestr(f"xl/{name}.xml", data)
    return out.getvalue()


def cells(n: int, *values: str) -> str:
    def one(letter: str, value: str) -> str:
        if value.isdigit():
            return f'<c r="{letter}{n}"><v>{value}</v></c>'
        return f'<c r="{letter}{n}" t="inlineStr"><is><t>{value}</t></is></c>'

    return f'<row r="{n}">{"".join(one(x, v) for x, v in zip("ABCDE", values, strict=False))}</row>'


async def test_a_spreadsheet_is_read_and_numbers_stay_numbers(acme: Company) -> None:
    sheet = cells(1, "Nome", "Telefone", "CPF") + cells(2, "Ana", "41988887777", "52998224725")
    formula = '<row r="4"><c r="A4" t="str"><f>1+1</f><v>Bia</v></c><c r="B4"><v>41977776666</v></c></row>'
    row = await taken(acme, await sent(acme, workbook(sheet + formula), "x.xlsx"))
    assert (row.format, row.created, row.failed) == ("xlsx", 2, 0)
    found = sorted((r.name, r.phone, r.cpf) for r in await contacts.contacts(acme.rt, acme.tenant))
    assert found == [("Ana", "5541988887777", "52998224725"), ("Bia", "5541977776666", "")]


async def test_hostile_files_are_refused_and_leave_nothing(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    hostile: list[tuple[bytes, str]] = [
        (workbook(far), "import:too-large"),
        (workbook(cells(1, "Nome"), bomb=b"0" * 5_000_000), "import:too-large"),
        (workbook(cells(1, "Nome"))[:-40], "import:not-a-table"),
        (b"PK\x03\x04" + b"x" * 100, "import:not-a-table"),
        (workbook("<<<"), "import:not-a-table"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "import:old-excel"),
        (b"\x7fELF\x02\x01\x01\0\0" + bytes(range(256)) * 4, "import:not-a-table"),
        (b"", "import:empty"),
        (b"\n\n ; ;\n", "import:empty"),
        (b"nome;telefone\n", "import:empty"),
        (b"x" * 3000, "import:too-large"),
    ]
    monkeypatch.setattr("engine.services.xlsx_lines.LARGEST_UNPACKED", 4_000_000)
    for data, code in hostile:
        monkeypatch.setattr(contact_files, "LARGEST", 2_000 if data.startswith(b"xxx") else 50_000_000)
        with pytest.raises(TramaError) as refused:
            await sent(acme, data, "../../etc/passwd")
        assert refused.value.code == code, data[:40]
    with pytest.raises(TramaError, match="import:wrong-encoding"):
        await sent(acme, b'a,b\n"\n', encoding="utf-16")
    assert await contact_import.imports(acme.rt, acme.tenant) == []
    assert list((acme.rt.settings.data_dir / "imports").iterdir()) == []
    ident = await sent(acme, b"a;b\n1;2\n", "../../<b>\0.csv")
    assert (await contact_import.one(acme.rt, acme.tenant, ident)).filename == ".._.._b_.csv"
    with pytest.raises(TramaError, match="import:nobody"):
        await contact_import.start(acme.rt, acme.tenant, ident)
    for mapping in (["name"], ["name", "name"], ["name", "field:none"], ["", ""]):
        with pytest.raises(TramaError, match="import:"):
            await contact_import.settle(acme.rt, acme.tenant, ident, mapping=mapping)


async def test_somebody_who_is_two_in_the_base_is_not_guessed(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    await contacts.create(rt, tenant, Change(name="A", phone="41988887777", email="casa@x.com"))
    await contacts.create(rt, tenant, Change(name="B", cpf="52998224725", email="casa@x.com"))
    ident = await sent(
        acme, "nome;fone;cpf;email\nX;41988887777;52998224725;\nFilho;41966665555;;casa@x.com\n"
    )
    row = await taken(acme, ident)
    assert await wrong(acme, ident) == [(2, "phone", "import:other-contact", "5541988887777")]
    # the address of a family, another number: B has none, so it may be B
    assert (row.created, row.updated, row.failed) == (0, 1, 1)
