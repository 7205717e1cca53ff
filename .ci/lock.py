"""Write the lock files: `python .ci/lock.py`, from an environment of its own (`make lock`).

- `requirements.lock`: the version of everything, for `pip install --constraint`.
- `requirements/run.txt`: what `make demo` installs, with the sha256 of every file of each version.
- `requirements/torch.txt`: the same of torch alone. An index of builds for CPUs has the version
  under a name of its own (`+cpu`), which pip prefers only where it does not look for hashes first.
- `requirements/dev.txt`: what `make test` installs beside these, likewise.

The hashes are those that the package index lists (uv asks it), for every platform and Python. A
build that another index offers under the same version, such as torch for CPUs, has the hash of the
file that pip chose here added to its list. No file names an index.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILDING = ("pip", "hatchling", "editables")
MADE_BY = "# Made by: make lock. "


def install(python: Path, report: Path, *what: str) -> dict[str, dict[str, str]]:
    """Install with pip; by name, the version and sha256 of the file that it chose for each."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--upgrade"]
    command += ["--report", str(report), *what]
    subprocess.run(command, cwd=ROOT, check=True)
    chosen = {}
    for item in json.loads(report.read_text(encoding="utf-8"))["install"]:
        about, file = item["metadata"], item["download_info"].get("archive_info", {})
        if file:
            sha256 = file["hashes"]["sha256"]
            chosen[about["name"].lower().replace("_", "-").replace(".", "-")] = {
                "version": about["version"].partition("+")[0],
                "sha256": sha256,
            }
    return chosen


def frozen(python: Path) -> dict[str, str]:
    """By line of the lock, the name as pip's reports have it."""
    command = [str(python), "-m", "pip", "freeze", "--all", "--exclude-editable"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.partition("+")[0] for line in told.splitlines() if "==" in line]
    return {
        line: line.partition("==")[0].lower().replace("_", "-").replace(".", "-") for line in lines
    }


def hashes(uv: Path, lines: list[str], folder: Path) -> dict[str, set[str]]:
    """By name, the sha256 of every file that the index lists for the version."""
    wanted = folder / "wanted.txt"
    wanted.write_text("\n".join(lines), encoding="utf-8")
    version = ".".join(map(str, sys.version_info[:3]))
    command = [str(uv), "pip", "compile", "--no-deps", "--generate-hashes", "--no-header"]
    command += ["--no-annotate", "--quiet", "--python-version", version, str(wanted)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, set[str]] = {}
    name = ""
    for row in told.splitlines():
        if "==" in row:
            name = row.partition("==")[0].strip().lower().replace("_", "-").replace(".", "-")
            found[name] = set()
        elif "--hash=sha256:" in row:
            found[name].add(row.partition("sha256:")[2].rstrip(" \\"))
    return found


def written(
    path: Path,
    about: str,
    lines: list[str],
    names: dict[str, str],
    listed: dict[str, set[str]],
    chosen: dict[str, dict[str, str]],
) -> None:
    rows = [f"{MADE_BY}{about}"]
    for line in lines:
        known = set(listed.get(names[line], ()))
        if names[line] in chosen:
            known.add(chosen[names[line]]["sha256"])
        rows.append(line + "".join(f" \\\n    --hash=sha256:{one}" for one in sorted(known)))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        venv.create(folder / "tools", with_pip=True)
        python, uv = folder / "env/bin/python", folder / "tools/bin/uv"
        subprocess.run(
            [folder / "tools/bin/python", "-m", "pip", "install", "-q", "uv"], check=True
        )
        report = folder / "report.json"
        print("Installing what runs the project, in its newest versions ...", flush=True)
        chosen = install(python, report, *BUILDING)
        chosen |= install(python, report, "--editable", ".")
        run = frozen(python)
        print("Installing what tests and training need ...", flush=True)
        chosen |= install(python, report, "--editable", ".[dev,training]")
        names = frozen(python)
        print(f"Asking the package index for the hashes of {len(names)} versions ...", flush=True)
        listed = hashes(uv, list(names), folder)
    everything = sorted(names, key=lambda line: line.lower().partition("=="))
    (ROOT / "requirements.lock").write_text(
        "\n".join(
            [f"{MADE_BY}Everything that is installed, pip included, to the version.", *everything]
        )
        + "\n",
        encoding="utf-8",
    )
    torch = [line for line in everything if names[line] == "torch"]
    kept = [line for line in everything if line in run and line not in torch]
    rest = [line for line in everything if line not in run]
    for name, about, lines in (
        ("torch", "What `make demo` installs first.", torch),
        ("run", "What `make demo` installs.", kept),
        ("dev", "What `make test` installs beside torch.txt and run.txt.", rest),
    ):
        path = ROOT / "requirements" / f"{name}.txt"
        written(path, f"{about} With the hashes of its files.", lines, names, listed, chosen)


if __name__ == "__main__":
    main()
