#!/usr/bin/env python3
"""
The two commands of a newcomer: `python3 run.py run` opens the demo hall, `python3 run.py test` runs the tests.

Makes .venv, installs exactly what requirements*.txt lock by hash, and hands over to it; when .venv is right already this costs
a few hundredths of a second. Needs the standard library only. Whatever stands in the way is said in one sentence, exit code 2.
"""

import sys

OLDEST = (3, 11)
LAST_PORT = 65535
TESTS_FAILED = 1  # what pytest exits with


def too_old(version):
    """The sentence for a Python that is too old, None for one that will do."""
    if tuple(version[:2]) >= OLDEST:
        return None
    sentence = "jiaohao needs Python {}.{} or newer and this is {}.{}: start it with a newer one, as in `python3.11 run.py run`."
    return sentence.format(*OLDEST + tuple(version[:2]))


if too_old(sys.version_info):
    sys.stderr.write(too_old(sys.version_info) + "\n")
    sys.exit(2)

import errno
import hashlib
import os
import shutil

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
UV = os.path.join(BIN, "uv.exe" if os.name == "nt" else "uv")
STAMP = os.path.join(VENV, "installed")
HERE = "{}.{} {}\n".format(sys.version_info[0], sys.version_info[1], ROOT)  # programs in .venv name their folder: moved is lost

RUNNING = ("requirements.txt",)
WORKING = ("requirements.txt", "requirements-dev.txt")  # the last one holds all the others, at the same versions

CALL = "import sys; sys.argv[0] = 'jiaohao'; from server.cli import main; sys.exit(main())"
JIAOHAO = ["-P", "-c", CALL]  # -P: this folder's packages, not those of the folder it is started from
PYTEST = ["-m", "pytest"]
ON_POSTGRESQL = tuple(  # told again there by `run.py test`
    "tests/" + some for some in ("test_store.py", "test_archive.py", "test_sayings.py", "verbs", "queries", "stories", "web")
)
TASKS = {
    "run": ("the demo hall, at HOST and PORT", RUNNING, JIAOHAO + ["demo"]),
    "jiaohao": ("the command line, to which all that follows is handed on", RUNNING, JIAOHAO),
    "test": ("the tests; what follows goes to pytest", WORKING, PYTEST + ["-m", "not soak and not bench"]),
    "bench": ("the measurements", WORKING, PYTEST + ["-m", "bench", "-s"]),
    "soak": ("the long fault runs", WORKING, PYTEST + ["-m", "soak"]),
    "check": ("format, lint, types, imports, documents, known vulnerabilities", WORKING, [os.path.join(".ci", "check.py")]),
}

FULL = "The disk is full: make some room, then give the same command again."
UNREACHABLE = "Packages have to be installed and the network does not lead to them: connect, then give the same command again."
ALTERED = "A package that came over the network is not the one locked in the requirements, so nothing more was installed."
SEALED = "This folder cannot be written, and .venv has to be made in it: {}.".format(ROOT)
REASONS = [  # what pip, uv and venv say when a thing fails, and what it means
    (FULL, "no space left on device|disk quota exceeded"),
    (ALTERED, "hash mismatch|do not match the hashes"),
    (
        UNREACHABLE,
        "error sending request|failed to fetch|dns error|name resolution|failed to resolve|connection (refused|reset|broken)",
    ),
    (UNREACHABLE, "failed to establish a new connection|network is unreachable|max retries exceeded|timed out|proxyerror"),
    (SEALED, "read-only file system|permission denied"),
]


class Refused(Exception):
    """What stands in the way, in one sentence."""


def main(words):
    """Do one task; the exit code, unless the task takes this process over."""
    try:
        return start(words)
    except Refused as refused:
        say(refused)
    except KeyboardInterrupt:
        say("Interrupted: the next start mends what was left half done.")
        return 130
    except OSError as error:
        say(FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else "{}: {}.".format(error.filename or ROOT, error.strerror))
    return 2


def say(sentence):
    """One line on stderr, at once."""
    sys.stderr.write("{}\n".format(sentence))
    sys.stderr.flush()


def start(words):
    """Look whether the task can be done, see to .venv, hand over."""
    if not words or words[0] not in TASKS:
        raise Refused("Say one of: " + "; ".join("`run.py {}` {}".format(name, TASKS[name][0]) for name in TASKS) + ".")
    task, more = words[0], words[1:]
    if task == "run":
        find_port_free(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
    _, locks, command = TASKS[task]
    prepare(locks)
    environ = inside()
    if locks is WORKING:
        os.chdir(ROOT)
    else:
        environ["CONFIG"] = environ.get("CONFIG") or os.path.join(ROOT, "config.toml")
        environ["DATA"] = environ.get("DATA") or os.path.join(ROOT, "data")
    if task == "test" and not more:
        return test_in_two_halves(environ)
    return hand_over(command + more, environ)


def test_in_two_halves(environ):
    """
    The tests in a browser beside all others, which two cores do in half the time; what the browser's say comes last.

    Where there is a PostgreSQL, all that meets a database is tried on it too: `DATABASE=postgresql` does it for any tests.
    """
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as told:
        pages = subprocess.Popen(half("browser"), env=environ, stdout=told, stderr=subprocess.STDOUT)
        try:
            others = once_more_alone(half("not browser"), environ, subprocess.call(half("not browser"), env=environ))
            if postgresql_is_here():
                say("Stores, verbs, queries and the web once more, on PostgreSQL:")
                there = dict(environ, DATABASE="postgresql")
                again = half("not browser", "postgresql") + list(ON_POSTGRESQL)
                others = once_more_alone(again, there, subprocess.call(again, env=there)) or others
            in_browser = pages.wait()
        finally:
            if pages.poll() is None:
                pages.terminate()
        told.seek(0)
        sys.stdout.flush()
        os.write(1, told.read())
    return once_more_alone(half("browser"), environ, in_browser) or others


def half(which, where="here"):
    """The command for one part of the tests; each remembers its own failures, as they run beside each other."""
    cache = "cache_dir={}".format(os.path.join(".pytest_cache", where, which.replace(" ", "-")))
    return [PYTHON, "-m", "pytest", "-o", cache, "-m", "not soak and not bench and {}".format(which)]


def once_more_alone(command, environ, code):
    """
    The exit code of a part of the tests, after what failed in it has been tried a second time with the machine to itself.

    On a busy machine a browser may take longer than any wait is worth. What fails alone too has failed; what does not was told
    above, with all it had to say. More than a few is never the machine.
    """
    import subprocess

    if code != TESTS_FAILED:
        return code
    say("What failed is tried once more, alone:")
    return subprocess.call(command + ["--last-failed", "--last-failed-no-failures=none", "--maxfail=5"], env=environ)


def postgresql_is_here():
    """Whether a throw-away server can be started: see tests/clusters.py."""
    import glob

    return bool(shutil.which("initdb") or glob.glob("/usr/lib/postgresql/*/bin/initdb"))


def find_port_free(host, port):
    """Nobody listens at HOST:PORT; asked before anything is installed, as an answer after a minute helps nobody."""
    import socket

    if not (port.isdecimal() and int(port) <= LAST_PORT):
        raise Refused("PORT must be a number up to 65535, not `{}`.".format(port))
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused("Port {} at {} is taken: choose another, as in `make run PORT=8123`.".format(port, host))
        if error.errno == errno.EACCES:
            raise Refused("Port {} is kept for the system: choose one above 1023, as in `make run PORT=8123`.".format(port))
        raise Refused("HOST must be an address of this machine, and `{}` is none.".format(host))


def stamp(locks):
    """What .venv/installed says when these locks, by this Python and in this folder, have been installed to the end."""
    digest = hashlib.sha256()
    for lock in locks:
        with open(os.path.join(ROOT, lock), "rb") as text:
            digest.update(text.read())
    return os.fsencode(HERE) + digest.hexdigest().encode()


def stamped():
    """What .venv/installed says; nothing when .venv is missing, half made, or its Python has gone."""
    try:
        with open(STAMP, "rb") as text:
            return text.read() if os.path.exists(PYTHON) else b""
    except OSError:
        return b""


def prepare(locks):
    """See that .venv holds what `locks` name. One at a time: two terminals may start at once."""
    enough = [stamp(locks), stamp(WORKING)]
    if stamped() in enough:
        return
    with open(os.path.abspath(__file__)) as door:
        wait_for_turn(door)
        if stamped() not in enough:
            install(locks)


def wait_for_turn(door):
    """
    Hold `door` until it is closed, here and in the installers started meanwhile: one that outlives its start is waited for.

    Where files cannot be locked, nobody waits.
    """
    try:
        import fcntl
    except ImportError:
        return
    os.set_inheritable(door.fileno(), True)  # noqa: FBT003 - it takes no keywords
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another start, which is preparing .venv ...")
        fcntl.flock(door, fcntl.LOCK_EX)
    except OSError:
        return


def install(locks):
    """.venv with what `locks` name, from nothing unless a finished one stands here."""
    before = stamped()
    if os.path.exists(STAMP):
        os.remove(STAMP)  # from here to the end an interruption leaves no stamp, and the next start begins from nothing
    say("Preparing .venv: once, and again when the requirements change ...")
    if not before.startswith(os.fsencode(HERE)):
        make_venv()
    if not os.path.exists(UV):
        install_uv()
    if os.path.exists(UV):
        run_or_refuse(
            [UV, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", os.path.join(ROOT, locks[-1])]
        )
    else:
        run_or_refuse(pip("--require-hashes", "-r", os.path.join(ROOT, locks[-1])))
    with open(STAMP + ".new", "wb") as text:
        text.write(stamp(locks))
    os.replace(STAMP + ".new", STAMP)


def make_venv():
    """An empty environment with pip in it, whatever stood there before."""
    try:
        import ensurepip  # noqa: F401 - Debian keeps it in a package of its own, and without it a new venv has no pip
        import venv  # noqa: F401
    except ImportError:
        raise Refused("This Python cannot make a venv: install it (Debian, Ubuntu: `apt install python3-venv`), then try again.")
    if os.path.isdir(VENV) and not os.path.islink(VENV):
        shutil.rmtree(VENV)
    run_or_refuse([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
    run_or_refuse([PYTHON, "-m", "ensurepip", "--default-pip"])  # venv does the same, but keeps to itself why it failed


def install_uv():
    """The fast installer, itself locked. A machine it is not made for goes on with pip, to the same end."""
    code, output = run(
        pip("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", os.path.join(ROOT, "requirements-uv.txt"))
    )
    if code and reason(output):
        raise Refused(reason(output))


def pip(*words):
    """The command for the pip of .venv."""
    return [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2"] + list(words)


def run(words):
    """The exit code and all that was said."""
    import subprocess

    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(words, check=False, close_fds=False, **silent)  # the door stays open in there: see wait_for_turn
    return done.returncode, done.stdout.decode(errors="replace").strip()


def run_or_refuse(words):
    """Run an installer to its end, or say why it did not get there."""
    code, output = run(words)
    if code:
        unknown = "Packages could not be installed; the installer's last word: {}".format(output.split("\n")[-1].strip())
        raise Refused(reason(output) or unknown)


def reason(output):
    """What an installer's failure means, None when it is none of the known ones."""
    import re

    return next((meaning for meaning, signs in REASONS if re.search(signs, output, re.IGNORECASE)), None)


def inside():
    """The environment of whatever runs in .venv: its programs first, our packages in sight."""
    environ = dict(os.environ, VIRTUAL_ENV=VENV, PYTHONPATH=ROOT)
    environ["PATH"] = BIN + os.pathsep + environ.get("PATH", os.defpath)
    environ.pop("PYTHONHOME", None)
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once: a warm start reads, it does not compile
    return environ


def hand_over(words, environ):
    """Become the Python of .venv, so that signals and the exit code are its own."""
    if os.name == "nt":  # there an exec'd program is torn off its terminal
        import subprocess

        return subprocess.call([PYTHON] + words, env=environ)
    return os.execve(PYTHON, [PYTHON] + words, environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
