"""apart: does something in a process of its own, which takes along what it used."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


def apart(
    set_up: Callable[[], None],
    work: Callable[_Args, _Result],
    /,
    *args: _Args.args,
    **kwargs: _Args.kwargs,
) -> _Result:
    """Do something in a new process, and wait for it; what it raises is raised here.

    Args:
        set_up: Done first, there.
        work: What to do, a function of a module.
        *args: As it takes them.
        **kwargs: Likewise.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=set_up) as pool:
        return pool.submit(work, *args, **kwargs).result()
