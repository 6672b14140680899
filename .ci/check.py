"""`run.py check`: what a reader of the code would otherwise have to look for. Every check runs, whatever the others say."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

DOCUMENTS = "tests/test_documented.py"
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "import contracts": ["lint-imports"],
    "documents": ["pytest", "-q", DOCUMENTS],
}
AUDIT = ["pip-audit", "-r", "requirements.txt", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How one check ended."""

    word: str  # ok, FAILED, or why it was not done
    failed: bool = False
    told: str = ""  # the tool's own words, when they matter


def main() -> int:
    """Print one line a check, what a failed one said below it, and a summary; 1 when any has failed."""
    failed = []
    for name in (*CHECKS, "known vulnerabilities"):
        began = time.monotonic()
        verdict = check(name) if name in CHECKS else known_vulnerabilities()
        print(f"{name + ' ':.<24} {verdict.word} ({time.monotonic() - began:.1f} s)")
        for line in verdict.told.splitlines():
            print(f"    {line}")
        sys.stdout.flush()
        failed += [name] * verdict.failed
    print(f"Failed: {', '.join(failed)}." if failed else "Nothing failed.")
    return 1 if failed else 0


def check(name: str) -> Verdict:
    """One of CHECKS; its tool's exit code decides."""
    if name == "documents" and not (ROOT / DOCUMENTS).exists():
        return Verdict(word=f"not done, there is no {DOCUMENTS}")
    done = ask(CHECKS[name])
    return Verdict(word="FAILED", failed=True, told=done.stdout + done.stderr) if done.returncode else Verdict(word="ok")


def known_vulnerabilities() -> Verdict:
    """What is published against the locked versions. Advisories come over the network: out of reach, nothing is learnt."""
    done = ask(AUDIT)
    return judge(done.stdout, errors=done.stderr)


def judge(answer: str, *, errors: str) -> Verdict:
    """Only a flaw found fails, or an audit that broke; but silence about every package is not called well."""
    if not answer.strip():
        if "ConnectionError" in errors or "ProxyError" in errors or "Timeout" in errors:
            return Verdict(word="not done, the advisory service could not be reached")
        return Verdict(word="FAILED", failed=True, told=errors)
    packages = json.loads(answer)["dependencies"]
    found = [f"{each['name']} {each['version']}: {flaw['id']}" for each in packages for flaw in each.get("vulns", ())]
    unknown = sum("skip_reason" in each for each in packages)
    if found:
        return Verdict(word="FAILED", failed=True, told="\n".join(found))
    if unknown == len(packages):
        return Verdict(word="not done, the advisory service answered for none of the packages")
    return Verdict(word=f"ok, but the advisory service knows nothing of {unknown} packages" if unknown else "ok")


def ask(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment in the project's folder."""
    command = [str(BIN / words[0]), *words[1:]]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
