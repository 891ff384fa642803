"""Loads the large city into a place of its own, measures, prints the table and writes bench.json."""

import importlib
import json
import os
import pkgutil
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="decide-bench-") as folder:
        os.environ.update(DEMO="1", VAR_DIR=folder, DJANGO_SETTINGS_MODULE="decide.settings", LOG_LEVEL="ERROR")
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        os.environ.pop("DATABASE_URL", None)  # the bars are for SQLite and one process
        import django

        django.setup()
        from django.core.management import call_command

        from tests import bench

        start = time.perf_counter()
        call_command("demo", "--no-server", "--scale", "city", verbosity=0)
        loaded = time.perf_counter() - start
        call_command("collectstatic", interactive=False, verbosity=0)
        table = [bench.row("the city data set, loaded", loaded, "s", bar=120)]
        only = set(sys.argv[1:])
        for module in sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name != "__main__"):
            if only and module not in only:
                continue
            rows = getattr(importlib.import_module(f"tests.bench.{module}"), "rows", None)
            if rows:
                table += rows()
    show(table)
    Path("bench.json").write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n")
    return 0 if all(r["ok"] for r in table) else 1


def show(table: list[dict]) -> None:
    heads = ["name", "value", "unit", "control", "ratio", "bar", "ok"]
    lines = [heads, *[["" if r[h] is None else str(r[h]) for h in heads] for r in table]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
