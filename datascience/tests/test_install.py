"""What is installed, and what is in the image."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from wine_experiment.tracking import LIBRARIES

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / name).read_text()))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_has_what_is_asked_for_and_names_no_registry(name):
    locked = pins(f"{name}.txt")
    assert pins("requirements.in").items() <= locked.items()
    assert pins(f"{name}.in").items() <= locked.items()
    text = (ROOT / f"{name}.txt").read_text()
    assert "://" not in text and "--index-url" not in text
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked)
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_tests_run_with_what_the_training_is_locked_to():
    locked = pins("requirements.txt")
    assert locked.items() <= pins("requirements-dev.txt").items()
    assert LIBRARIES == {name: locked[name] for name in LIBRARIES}
    assert LIBRARIES == {name: version(name) for name in LIBRARIES}


def test_the_image_has_all_that_the_command_needs(tmp_path):
    """By the Dockerfile's own lines, since there may be no Docker here."""
    text = (ROOT / "Dockerfile").read_text()
    for *sources, target in [line.split()[1:] for line in re.findall(r"^COPY .+", text, re.M)]:
        files = [file for source in sources for file in ROOT.glob(source)]
        assert files, sources
        folder = tmp_path / target
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(file, folder)
    tmp_path.chmod(0o555)
    (script,) = re.findall(r'^ENTRYPOINT \["python", "(.+)"\]', text, re.M)
    command = [sys.executable, "-B", script, "--tracking-uri", "nowhere"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: --tracking-uri")
    assert not list(tmp_path.rglob("__pycache__"))
