"""`--help` answers at once: nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "faiss", "openvino", "torch", "llama_cpp", "transformers", "langchain_core", "pydantic")
PROGRAM = """
import sys
try:
    __import__("{module}", fromlist=["main"]).main()
finally:
    print("imported:", *sorted(set(sys.modules) & set({heavy!r})))
"""


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("bot.cli.ask", ["--help"]),
        ("bot.cli.ask", ["--version"]),
        ("bot.cli.bot", ["--help"]),
        ("bot.cli.bot", ["doctor", "-h"]),
    ],
)
def test_help_imports_nothing_heavy(module: str, arguments: list[str]) -> None:
    """Neither models nor NumPy are loaded to print a page of help."""
    program = PROGRAM.format(module=module, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "imported:"
