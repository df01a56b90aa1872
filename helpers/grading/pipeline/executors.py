"""Where submissions are executed: threads of this process, or Dask workers of an instructor's cluster."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster

from helpers.grading.errors import CourseError

__all__ = ["workers"]


@contextmanager
def workers(number: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """A client of as many workers as asked for.

    Threads are enough here, and share one zygote: each only waits for a kernel and a clean room of its own.

    Args:
        number: submissions that run at once on this machine; by default four for each core, since each waits most of
            the time: for a kernel to start, for messages.
        scheduler: the address of a Dask scheduler, such as `tcp://10.0.0.1:8786`; its workers are used instead.

    Raises:
        CourseError: if the scheduler does not answer, or has no workers.
    """
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)  # why a submission failed is told by `Grading`
    dask.config.set({"distributed.comm.timeouts.connect": "10s", "distributed.admin.log-length": 0})
    if scheduler is None:
        threads = number or 4 * len(os.sched_getaffinity(0))
        with (
            LocalCluster(
                n_workers=1,
                threads_per_worker=threads,
                processes=False,
                memory_limit=0,  # what a submission may take is the sandbox's to limit
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {scheduler} ({error}). Start one with `dask scheduler`, "
            "or leave --scheduler out to grade on this machine."
        ) from None
    with client:
        if not client.nthreads():
            raise CourseError(
                f"The scheduler at {scheduler} has no workers. Start some with `dask worker {scheduler}`."
            )
        yield client
