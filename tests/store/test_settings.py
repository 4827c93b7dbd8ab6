"""Settings come from one declaration; a wrong value says its name, what is wrong and an example."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from engine import settings
from engine.core.errors import TramaError


def test_defaults_then_file_then_environment(tmp_path: Path) -> None:
    (tmp_path / "trama.toml").write_text('port = 9000\nhost = "0.0.0.0"\nallow_hosts = ["erp:80", "a"]\n')
    given = settings.load({"TRAMA_PORT": "9001", "PATH": "/bin"}, tmp_path)
    assert (given.port, given.host, given.allow_hosts) == (9001, "0.0.0.0", frozenset({"erp:80", "a"}))
    assert given.burst_seconds == 2.0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TRAMA_PORT", "eighty", ["TRAMA_PORT", "'eighty'", "for example 8080"]),
        ("TRAMA_PORT", "70000", ["not between 0 and 65535"]),
        ("TRAMA_DATABASE_URL", "mysql://root:hunter2@x", ["postgresql://"]),
        ("TRAMA_LOG_LEVEL", "loud", ["DEBUG, INFO"]),
        ("TRAMA_SECRET_KEY", "c2hvcnQ=", ["holds 5 bytes, not 32"]),
        ("TRAMA_PROT", "1", ["there is no setting TRAMA_PROT"]),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str, says: list[str]) -> None:
    with pytest.raises(TramaError, match="settings:") as caught:
        settings.load({name: value}, tmp_path)
    assert all(s in str(caught.value) for s in says), caught.value
    assert "hunter2" not in str(caught.value)


def test_a_secret_key_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    given = settings.Settings(data_dir=tmp_path / "data")
    first, again = settings.with_key(given), settings.with_key(given)
    assert len(first.secret_key) == 32
    assert first.secret_key == again.secret_key
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert base64.b64encode(first.secret_key).decode() not in repr(first)


def test_every_setting_is_described() -> None:
    names = {row["name"] for row in settings.describe()}
    assert names == {"TRAMA_" + f.upper() for f in settings.Settings.__struct_fields__}
    for declared in settings.DECLARED:
        declared.parse(declared.example)
