"""Checks the types of the panel with tsc: ``python tests/panel/check_types.py``. Where node is missing it says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import wire_types

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def why_not() -> str:
    """Why the types cannot be checked here; "" when they can."""
    return "" if shutil.which("node") and shutil.which("npm") else "node and npm are not installed"


def check(config: Path = HERE / "tsconfig.json") -> str:
    """What tsc has to say; "" when all is well. The compiler is installed beside this file when it is not there yet."""
    wire = ROOT / "build" / "panel" / "wire.d.ts"
    wire.parent.mkdir(parents=True, exist_ok=True)
    wire.write_text(wire_types.declarations())
    if not (HERE / "node_modules" / "typescript").is_dir():
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(install, cwd=HERE, check=True, timeout=300, capture_output=True)
    compiler = HERE / "node_modules" / "typescript" / "bin" / "tsc"
    run = subprocess.run(
        ["node", str(compiler), "-p", str(config)], capture_output=True, text=True, timeout=300, check=False
    )
    return (run.stdout + run.stderr) if run.returncode else ""


if __name__ == "__main__":
    if reason := why_not():
        sys.stdout.write(f"The panel's types are not checked: {reason}.\n")
        sys.exit(0)
    said = check()
    sys.stdout.write(said)
    sys.exit(1 if said else 0)
