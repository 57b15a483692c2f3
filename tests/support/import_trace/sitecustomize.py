"""Notes what a program imports, and what each module costs: `PYTHONPATH` leads Python here first.

Where `FACEIDD_IMPORT_TRACE` names a folder, each step of loading a module becomes a line of a file
there, which is named after the process: the module, the clock, and the memory and seconds that it
took, without those of the modules that it loaded itself.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Tracer:
    """A finder before all others, which finds what they find and has its loading measured."""

    def __init__(self, file: str) -> None:
        self._trace = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._thread = threading.local()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            for step in ("create_module", "exec_module"):
                setattr(loader, step, self._measured(name, getattr(loader, step)))
        return spec

    def _measured(self, name: str, step: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def run(subject: ModuleSpec | ModuleType) -> Any:
            # What the modules that this thread loads now have spent on others; one each.
            nested: list[tuple[int, float]] = self._thread.__dict__.setdefault("nested", [(0, 0.0)])
            resident, began = _resident(), time.perf_counter()
            nested.append((0, 0.0))
            try:
                return step(subject)
            finally:
                grew, took = _resident() - resident, time.perf_counter() - began
                others_grew, others_took = nested.pop()
                outer_grew, outer_took = nested[-1]
                nested[-1] = outer_grew + grew, outer_took + took
                self._note(name, grew - others_grew, took - others_took)

        return run

    def _note(self, name: str, resident: int, took: float) -> None:
        line = {"module": name, "at": time.monotonic(), "resident": resident, "took": took}
        os.write(self._trace, json.dumps(line).encode() + b"\n")


def _resident() -> int:
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - pathlib is not loaded for us
        return int(file.read().split()[1]) * _PAGE


if folder := os.environ.get("FACEIDD_IMPORT_TRACE"):
    sys.meta_path.insert(0, _Tracer(f"{folder}/{os.getpid()}"))
