"""``make bench``: every benchmark, or one by name. Each prints one JSON line, kept in ``bench/results/``."""

import asyncio
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HELPERS = {"__init__", "__main__", "behind", "large", "pages", "support", "usual_way"}


def names() -> list[str]:
    """All benchmarks."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in HELPERS)


def run(name: str) -> dict[str, Any]:
    """One benchmark."""
    begun = time.monotonic()
    result = asyncio.run(importlib.import_module(f"bench.{name}").run())
    return {"bench": name, **result, "took_s": round(time.monotonic() - begun, 1)}


def main() -> int:
    """Runs what was asked for; 2 for an unknown name."""
    wanted = sys.argv[1:] or names()
    if unknown := set(wanted) - set(names()):
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    (HERE / "results").mkdir(exist_ok=True)
    for name in wanted:
        line = json.dumps(run(name))
        print(line, flush=True)
        (HERE / "results" / f"{name}.json").write_text(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
