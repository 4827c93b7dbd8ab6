"""Shared fixtures: golden files and the folder of public test data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings

# a law holds or not; how long an example takes on a busy machine says nothing about it
settings.register_profile("trama", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trama")
ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite the golden files with what the code gives now"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, Any], None]:
    """`golden(path, value)`: the value, as JSON, equals the file; with --update the file is rewritten."""

    def compare(path: Path, value: Any) -> None:
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"no golden file {path}: run with --update and read what it wrote"
        assert msgspec.json.decode(path.read_bytes()) == msgspec.json.decode(text)

    return compare


@pytest.fixture(scope="session")
def testdata() -> Path:
    """Public suites and samples that are not part of the project; skips where they are absent."""
    folder = ROOT.parent / "shared" / "testdata"
    if not folder.is_dir():
        pytest.skip("the folder of public test data is not beside this checkout")
    return folder
