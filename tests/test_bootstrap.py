"""The two commands: run.py makes what is missing, hands over, and says in one sentence what stands in its way."""

import ast
import fcntl
import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import run

ROOT = Path(run.__file__).parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-uv.txt"]
UNREACHABLE = "http://127.0.0.1:9/simple"  # the discard port: nobody listens there

CLI = """
import os, sys

def main():
    print(*sys.argv, *(os.environ[name] for name in ("CONFIG", "DATA")), sep="|")
    return 7
"""


def start(*words, folder=ROOT, python=sys.executable, **environ):
    """Run run.py as a newcomer does, without a network and without the packages of this test's own environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV"))}
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": UNREACHABLE, "UV_DEFAULT_INDEX": UNREACHABLE, "PIP_RETRIES": "0"}
    return subprocess.run(
        [python, folder / "run.py", *words],
        env=kept | offline | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def refusal(done):
    """The one sentence on stderr."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    sentences = [line for line in done.stderr.splitlines() if not line.startswith("Preparing .venv")]
    assert len(sentences) == 1, done.stderr
    return sentences[0]


@pytest.fixture
def hall(tmp_path):
    """A folder with run.py, a command line that answers, and locks that name nothing, so that nothing is fetched."""
    shutil.copy(ROOT / "run.py", tmp_path)
    for lock in LOCKS:
        (tmp_path / lock).write_text("")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "cli.py").write_text(CLI)
    return tmp_path


@pytest.mark.parametrize("version", [(2, 7), (3, 6, 9), (3, 10, 13, "final", 0)])
def test_an_old_python_is_refused_in_a_sentence(version):
    """Which one is needed, which one this is, and what to type."""
    assert "needs Python 3.11 or newer and this is {}.{}".format(*version) in run.too_old(version)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0)])
def test_a_python_new_enough_goes_on(version):
    """From 3.11 on there is nothing to say."""
    assert run.too_old(version) is None


def test_an_old_python_gets_as_far_as_the_sentence():
    """The version is checked before anything else is imported, and the exit code is 2."""
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path('run.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "this is 3.9" in refusal(done)


def test_run_py_has_no_syntax_that_old_pythons_lack():
    """No annotations, f-strings, walrus, stars in lists, keyword-only words or `raise … from`: Python 2.7 reads it."""
    text = (ROOT / "run.py").read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 4))
    nodes = list(ast.walk(tree))

    assert text.isascii()
    assert not [node for node in nodes if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr | ast.Nonlocal)]
    assert not [
        node for node in nodes if isinstance(node, ast.List | ast.Tuple) for item in node.elts if isinstance(item, ast.Starred)
    ]
    assert not [node for node in nodes if isinstance(node, ast.arguments) and node.kwonlyargs]
    assert not [node for node in nodes if isinstance(node, ast.arg) and node.annotation]
    assert not [node for node in nodes if isinstance(node, ast.Raise) and node.cause]


def test_no_task_or_an_unknown_one_is_told_all_of_them():
    """What can be said is in the sentence."""
    assert refusal(start()) == refusal(start("dance"))
    assert all(f"`run.py {task}`" in refusal(start()) for task in ["run", "test", "check", "bench", "soak", "jiaohao"])


def test_a_taken_port_is_refused_before_anything_is_installed(hall):
    """The sentence names the port and how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        sentence = refusal(start("run", folder=hall, PORT=port))

    assert f"Port {port} at 127.0.0.1 is taken" in sentence
    assert "PORT=8123" in sentence
    assert not (hall / ".venv").exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "eighty", "PORT must be a number up to 65535, not `eighty`."),
        ("PORT", "65536", "PORT must be a number up to 65535, not `65536`."),
        ("PORT", "²", "PORT must be a number up to 65535, not `²`."),
        ("HOST", "198.51.100.7", "HOST must be an address of this machine, and `198.51.100.7` is none."),
        ("HOST", "no such name", "HOST must be an address of this machine, and `no such name` is none."),
    ],
)
def test_an_address_that_cannot_be_is_refused(hall, name, value, said):
    """Before anything is installed."""
    assert said == refusal(start("run", folder=hall, **{name: value}))
    assert not (hall / ".venv").exists()


def test_a_python_without_venv_is_told_what_to_install(hall, tmp_path_factory):
    """Debian keeps ensurepip in python3-venv: importing it fails there just so."""
    stubs = tmp_path_factory.mktemp("stubs")
    (stubs / "ensurepip.py").write_text("raise ModuleNotFoundError('No module named ensurepip', name='ensurepip')")

    assert "apt install python3-venv" in refusal(start("jiaohao", folder=hall, PYTHONPATH=str(stubs)))


@pytest.mark.soak
def test_without_a_network_one_sentence_says_so(hall):
    """Packages are missing and the index cannot be reached: no stamp is left, so the same command begins again."""
    shutil.copy(ROOT / "requirements-uv.txt", hall)

    assert "the network does not lead to them" in refusal(start("jiaohao", folder=hall))
    assert not (hall / ".venv" / "installed").exists()


def test_the_first_start_installs_and_the_next_only_hands_over(hall):
    """
    Words and exit code pass through; a warm start leaves .venv as it is and costs next to nothing.

    What an interrupted install left behind is not trusted: the stamp is written last, and here it is missing.
    """
    debris = hall / ".venv" / "bin" / "python"
    debris.parent.mkdir(parents=True)
    debris.write_text("half a program")

    first = start("jiaohao", "replay", "a day.csv", folder=hall)
    assert first.stderr.splitlines() == ["Preparing .venv: once, and again when the requirements change ..."]
    assert first.stdout == f"jiaohao|replay|a day.csv|{hall / 'config.toml'}|{hall / 'data'}\n"
    assert first.returncode == 7

    stamp = hall / ".venv" / "installed"
    installed = stamp.stat().st_mtime_ns
    began = time.perf_counter()
    warm = start("jiaohao", folder=hall, CONFIG="mine.toml", DATA="elsewhere")
    took_s = time.perf_counter() - began
    assert (warm.returncode, warm.stdout, warm.stderr) == (7, "jiaohao|mine.toml|elsewhere\n", "")
    assert stamp.stat().st_mtime_ns == installed
    assert took_s < 2  # some 0.1 s on an idle machine; far below any install on a busy one


def test_an_environment_is_trusted_only_whole_and_where_it_was_made(hall, monkeypatch):
    """No stamp, no Python, another folder or another version of Python: each means anew, from nothing."""
    for name, path in {"ROOT": ".", "STAMP": ".venv/installed", "PYTHON": ".venv/bin/python"}.items():
        monkeypatch.setattr(run, name, str(hall / path))
    python, stamp = hall / ".venv" / "bin" / "python", hall / ".venv" / "installed"
    python.parent.mkdir(parents=True)
    python.touch()
    assert run.stamped() == b""

    stamp.write_bytes(run.stamp(run.RUNNING))
    assert run.stamped() == run.stamp(run.RUNNING)

    monkeypatch.setattr(run, "HERE", "3.11 /elsewhere\n")
    assert run.stamped() != run.stamp(run.RUNNING)

    python.unlink()
    assert run.stamped() == b""


def test_two_starts_at_once_install_once(hall):
    """The second waits for the first to finish, finds everything there and hands over."""
    mine = runpy.run_path(str(hall / "run.py"))
    with (hall / "run.py").open() as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, hall / "run.py", "jiaohao"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        said = second.stderr.readline()
        Path(mine["BIN"]).mkdir(parents=True)
        Path(mine["PYTHON"]).symlink_to(sys.executable)
        Path(mine["STAMP"]).write_bytes(mine["stamp"](mine["RUNNING"]))
    _, more = second.communicate(timeout=60)

    assert said == "Waiting for another start, which is preparing .venv ...\n"
    assert (second.returncode, more) == (7, "")


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", run.FULL),
        ("error: Failed to install: x.whl\n  cause: failed to copy file: No space left on device (os error 28)", run.FULL),
        ("error: Request failed after 3 retries\n  cause: client error (Connect)\n  cause: dns error", run.UNREACHABLE),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching", run.UNREACHABLE),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", run.ALTERED),
        ("error: Hash mismatch for `six==1.17.0`", run.ALTERED),
        ("ERROR: Could not find a version that satisfies the requirement uv (from versions: none)", None),
    ],
)
def test_what_an_installer_says_becomes_one_sentence(output, meaning):
    """Words of pip and uv as they were met."""
    assert meaning == run.reason(output)


def test_the_stamp_follows_content_not_dates(hall, monkeypatch):
    """Checking out another commit changes dates; only changed requirements are a reason to install."""
    monkeypatch.setattr(run, "ROOT", str(hall))
    before = run.stamp(run.RUNNING)
    os.utime(hall / "requirements.txt", (1, 1))
    assert before == run.stamp(run.RUNNING)

    (hall / "requirements.txt").write_text("six==1.17.0\n")
    assert before != run.stamp(run.RUNNING)


def test_the_locks_hold_no_address():
    """Nothing but names, versions, markers and hashes: whoever installs decides from where."""
    line = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^:/@]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    for lock in LOCKS:
        lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
        assert lines
        assert not [each for each in lines if not line.fullmatch(each)]


def test_the_locks_name_what_the_project_asks_for():
    """Each direct dependency is locked; what tests need holds all that running needs, at the same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    running, working = (
        set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS[:2]
    )

    assert running < working
    asked = {"running": project["project"]["dependencies"], "working": project["dependency-groups"]["dev"]}
    for wishes, locked in zip(asked.values(), [running, working], strict=True):
        names = {re.match(r"[\w-]+", wish)[0] for wish in wishes}
        assert names <= {pin.split("==")[0] for pin in locked}


def test_make_only_calls_run_py():
    """So no make is needed."""
    recipes = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if line.startswith("\t")]

    assert recipes == ["\t@python3 run.py $@ $(ARGS)"]
