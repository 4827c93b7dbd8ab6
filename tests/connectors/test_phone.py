"""One person under two numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.phone import is_mobile, normalise, same_person, variants


def test_collected_cases(testdata: Path) -> None:
    for case in json.loads((testdata / "br/phone_ninth_digit.json").read_bytes())["cases"]:
        assert same_person(case["stored"], case["incoming"]) is case["same_person"], case


def test_variants() -> None:
    assert variants("5541988887777") == ["5541988887777", "554188887777"]
    assert variants("554188887777") == ["554188887777", "5541988887777"]
    assert variants("554132345678") == ["554132345678"]
    assert variants("16505551234") == ["16505551234"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("(41) 98888-7777", "5541988887777"),
        ("041 3234-5678", "554132345678"),
        ("+55 41 98888 7777", "5541988887777"),
        ("0055 41 98888 7777", "5541988887777"),
        ("+1 650 555 1234", "16505551234"),
        ("5541988887777", "5541988887777"),
        ("190", ""),
        ("não tenho", ""),
    ],
)
def test_normalise(written: str, number: str) -> None:
    assert normalise(written) == number


def test_mobile_with_and_without_the_ninth_digit() -> None:
    assert is_mobile("5541988887777")
    assert is_mobile("554188887777")
    assert not is_mobile("554132345678")
    assert not is_mobile("5541932")
