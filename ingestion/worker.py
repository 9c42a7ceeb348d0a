"""A reader in a process of its own: a task on stdin, reports on stdout, one JSON object a line.

The load that the task is for comes after it: the worker waits for it with the first rows to write.
It ends by itself when the load that started it is gone: then nobody takes its reports.
"""

import os
import signal
import sys
from functools import cache

import msgspec

from homespun.errors import HomespunError
from ingestion.tables import Load
from ingestion.tasks import Failed, Task, run_task


def main() -> None:
    """Run the one task, if any comes.

    An error of the system is a report, any other is a bug and a traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the load decides, and ends its readers
    encoder = msgspec.json.Encoder()
    given = sys.stdin.buffer.readline()
    if not given:
        return
    task = msgspec.json.decode(given, type=Task)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a hook prints is no report
    try:
        for report in run_task(task, _read_load):
            out.write(encoder.encode(report) + b"\n")
            out.flush()
    except BrokenPipeError:
        sys.exit(1)
    except (OSError, HomespunError) as error:
        failed = Failed(getattr(error, "errno", None), str(error))
        out.write(encoder.encode(failed) + b"\n")


@cache
def _read_load() -> Load:
    given = sys.stdin.buffer.readline()
    if not given:
        sys.exit(1)
    return msgspec.json.decode(given, type=Load)


if __name__ == "__main__":
    main()
