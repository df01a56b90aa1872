"""Where submissions run: on threads of this process, or on the Dask workers of an instructor's cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from helpers.cores import usable_cores
from helpers.grading.kernels.zygote import stop_shared
from helpers.notebooks.errors import CourseError

__all__ = ["Workers", "open_workers"]


class Workers(NamedTuple):
    """An executor, and how many submissions run on it at once."""

    executor: Executor
    number: int


@contextmanager
def open_workers(number: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """Open as many workers as asked for.

    Args:
        number: submissions that run at once on this machine. By default four per core that this process may use, since
            each mostly waits: for a kernel to start, for messages.
        scheduler: the address of a Dask scheduler, such as `tcp://10.0.0.1:8786`, to use its workers instead.

    Raises:
        CourseError: if the scheduler does not answer, or has no workers.
    """
    with _cluster(scheduler) if scheduler else _threads(number or 4 * usable_cores()) as opened:
        yield opened


@contextmanager
def _threads(number: int) -> Iterator[Workers]:
    """Threads are enough: each waits for a kernel and a clean room, which are processes of their own."""
    with ThreadPoolExecutor(number) as executor:
        try:
            yield Workers(executor, number)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            stop_shared()  # or the end of every submission that is running would be waited for
            raise


@contextmanager
def _cluster(scheduler: str) -> Iterator[Workers]:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise CourseError('--scheduler needs Dask. Install it with `pip install -e ".[scheduler]"`.') from None
    dask.config.set({"distributed.comm.timeouts.connect": "10s"})
    try:
        client = Client(scheduler)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {scheduler} ({error}). Start one with `dask scheduler`, "
            "or leave --scheduler out to grade on this machine."
        ) from None
    with client:
        number = sum(client.nthreads().values())
        if not number:
            raise CourseError(
                f"The scheduler at {scheduler} has no workers. Start some with `dask worker {scheduler}`."
            )
        yield Workers(client.get_executor(pure=False, retries=0), number)
