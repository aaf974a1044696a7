"""Every figure the project claims, measured here and now: ``make bench``, or ``python -m tests.bench NAME …``."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence

MODULES = (
    "understanding",
    "meaning",
    "learning",
    "previewing",
    "gateway",
    "service",
    "replay",
    "reports",
    "schedules",
    "broadcast",
)


def main(names: Sequence[str]) -> int:
    """Run the benches of these names, all without a name; one that fails does not stop the rest. Returns the exit code."""
    failed = [name for name in names or MODULES if not _run(name)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str) -> bool:
    print(f"== {name} ==", flush=True)
    try:
        importlib.import_module(f"tests.bench.{name}").run()
    except Exception:
        traceback.print_exc()
        return False
    finally:
        print(flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
