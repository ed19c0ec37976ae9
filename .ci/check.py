"""`make check`: format, lint, types, layering, our own rules, dead links, dependency audit. All run; one verdict."""

import concurrent.futures
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def tracked(*patterns: str) -> list[str]:
    """Files of the project that match, new ones too."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def shell_scripts() -> list[str]:
    """Tracked files that say they are shell scripts."""
    return [
        name
        for name in tracked(".ci", "asterisk", "docs")
        if (ROOT / name).read_bytes()[:30].startswith(b"#!/usr/bin/env bash")
    ]


def dead_links() -> list[str]:
    """Links between the project's own pages that lead nowhere."""
    return [
        f"{page}: {target} is not there"
        for page in tracked("*.md")
        for target in LINK.findall((ROOT / page).read_text())
        if "://" not in target and not target.startswith("mailto:") and not ((ROOT / page).parent / target).exists()
    ]


def our_rules() -> list[str]:
    """Rules no linter knows: where a commit, a query and the time of day may stand."""
    rules = [
        (r"\.commit\(\)", {"uow.py", "env.py", "spool.py", "journal.py"}, "commit() only at the edge: platform/uow.py"),
        (r"datetime\.now\(", {"clock.py"}, "ask kit.clock for the time"),
        (
            r"(?<![.])\bselect\(",
            {"repository.py", "queries.py", "listing.py", "event_log.py"},
            "queries live in repository.py or queries.py",
        ),
        (r"^(import|from) panoramisk", {"ami.py"}, "only node/ami.py speaks to panoramisk"),
    ]
    wrong = []
    for name in tracked("controlplane/*.py"):
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            wrong += [f"{name}:{number}: {why}" for pattern, homes, why in rules
                      if Path(name).name not in homes and re.search(pattern, line)]  # fmt: skip
    return wrong


def audit() -> tuple[bool, str]:
    """Known holes in pinned packages. An index that offers no advisories is said, not hidden."""
    command = [BIN / "pip-audit", "-r", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    output = done.stdout + done.stderr
    if "could not be audited" in output and "No known vulnerabilities found" in output:
        return True, "the package index offers no advisories here: nothing was audited"
    return done.returncode == 0, output


def run(command: list[str | Path]) -> tuple[bool, str]:
    """One tool; its output only when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


CHECKS = {
    "format": lambda: run([BIN / "ruff", "format", "--check", "-q", "."]),
    "lint": lambda: run([BIN / "ruff", "check", "-q", "."]),
    "types": lambda: run([BIN / "mypy"]),
    "layers": lambda: run([BIN / "lint-imports"]),
    "dependencies": lambda: run([BIN / "deptry", "."]),
    "shell": lambda: run([BIN / "shellcheck", *shell_scripts()]),
    "dockerfile": lambda: run([BIN / "hadolint", *tracked("asterisk/Dockerfile", "Dockerfile")]),
    "web": lambda: run([ROOT / ".ci" / "web", "check"]),
    "our rules": lambda: ((found := our_rules()) == [], "\n".join(found)),
    "links": lambda: ((found := dead_links()) == [], "\n".join(found)),
    "audit": audit,
}


def main() -> int:
    """Runs every check, two at a time."""
    failed = False
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        begun = time.monotonic()
        for name, result in [(name, pool.submit(check)) for name, check in CHECKS.items()]:
            good, output = result.result()
            note = f" ({output.strip()})" if good and name == "audit" and len(output) < 100 else ""
            print(f"{'ok  ' if good else 'FAIL'}  {name}{note}", flush=True)
            if not good:
                failed = True
                print(output.rstrip(), flush=True)
    print(f"{'failed' if failed else 'all good'} after {time.monotonic() - begun:.0f} s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
