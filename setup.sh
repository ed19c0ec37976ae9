#!/usr/bin/env bash
# Makes .venv with the pinned packages. Called by make; safe to run again.
set -euo pipefail
cd "$(dirname "$0")"
fail() { echo "setup: $*" >&2; exit 1; }

python=""
for candidate in python3.13 python3.12 python3.11 python3; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate; break
  fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is needed (Debian 12: apt install python3)."

if [ ! -x .venv/bin/python ]; then
  echo "setup: making .venv with $($python --version)"
  "$python" -m venv .venv 2>/dev/null || fail "the venv module is missing (Debian 12: apt install python3-venv)."
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv ||
  fail "pip cannot reach the package index; check the network or pip's settings."
echo "setup: installing pinned packages"
.venv/bin/uv pip sync --quiet --python .venv/bin/python requirements.txt ||
  fail "the pinned packages could not be installed; see the message above."
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable . ||
  fail "the project itself could not be installed; see the message above."
.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
touch .venv/.ready
