"""What is installed is pinned to the version and, by `make demo` and `make test`, to the bytes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atl_core.manifest import MANIFEST

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(text: str) -> list[str]:
    return re.findall(r"^([\w.-]+==[^\s\\]+)", text, re.MULTILINE)


def test_every_version_of_the_lock_has_hashes_and_no_other_has() -> None:
    lock = pinned((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    hashed = [pin for path in FILES for pin in pinned(path.read_text(encoding="utf-8"))]
    assert sorted(hashed) == sorted(lock)
    for path in FILES:
        blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))[1:]
        assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", block) for block in blocks)


def test_the_lock_names_no_index() -> None:
    for path in (*FILES, ROOT / "requirements.lock"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index|--find-links|--trusted", text)


def test_torch_has_the_hashes_of_several_builds() -> None:
    text = (ROOT / "requirements" / "torch.txt").read_text(encoding="utf-8")
    assert text.count("--hash=") > 1


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_installs_what_is_hashed_before_anything_else(tmp_path: Path) -> None:
    """Each file is checked; what is left is the project, and what a torch for CUDA needs."""
    told = subprocess.run(
        ["make", "--dry-run", f"VENV={tmp_path / 'fresh'}", "test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.replace("\\\n", " ")
    installs = [line for line in told.splitlines() if "pip install" in line]
    unhashed = [line for line in installs if "--require-hashes" not in line]
    assert re.findall(r"-r requirements/(\w+)", told) == ["torch", "run", "dev"]
    assert all("--editable" in line for line in unhashed)


def test_the_bill_of_materials_names_packages_and_weights() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "sbom.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    bill = json.loads(done.stdout)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {part["name"]: part for part in bill["components"]}
    assert {"torch", "yt-dlp", "SQLAlchemy"} <= named.keys()
    for weights in MANIFEST:
        for file in weights.files:
            digest = named[f"{weights.name}/{file.name}"]["hashes"][0]["content"]
            assert digest == file.sha256
