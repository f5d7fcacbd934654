"""What the pages take from npm is what the committed script makes of the committed versions."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tools" / "bundle"
MADE = ROOT / "_ext" / "static" / "mathjs"


@pytest.mark.skipif(not shutil.which("npm"), reason="Node is not installed")
def test_the_bundle_is_what_the_script_makes(tmp_path):
    work = tmp_path / "tools" / "bundle"
    shutil.copytree(SOURCE, work, ignore=shutil.ignore_patterns("node_modules"))
    for command in (["npm", "ci", "--silent"], ["npm", "run", "build", "--silent"]):
        subprocess.run(command, cwd=work, check=True, capture_output=True, timeout=300)
    made = tmp_path / "_ext" / "static" / "mathjs" / "parser.js"
    assert made.read_bytes() == (MADE / "parser.js").read_bytes()
    licence = work / "node_modules" / "mathjs" / "LICENSE"
    assert licence.read_bytes() == (MADE / "LICENSE").read_bytes()


def test_every_version_is_pinned():
    package = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    assert all(version[0].isdigit() for version in package["devDependencies"].values())
    assert (SOURCE / "package-lock.json").is_file()
