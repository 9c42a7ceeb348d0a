"""A reader in a process of its own: a task on stdin, reports on stdout, one JSON object a line.

It ends by itself when the load that started it is gone: then nobody takes its reports.
"""

import signal
import sys

import msgspec

from homespun.errors import HomespunError
from ingestion.tasks import Failed, Task, run_task


def main() -> None:
    """Run the one task, if any comes.

    An error of the system is a report, any other is a bug and a traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the load decides, and ends its readers
    encoder = msgspec.json.Encoder()
    given = sys.stdin.buffer.read()
    if not given:
        return
    task = msgspec.json.decode(given, type=Task)
    out = sys.stdout.buffer
    try:
        for report in run_task(task):
            out.write(encoder.encode(report) + b"\n")
            out.flush()
    except BrokenPipeError:
        sys.exit(1)
    except (OSError, HomespunError) as error:
        failed = Failed(getattr(error, "errno", None), str(error))
        out.write(encoder.encode(failed) + b"\n")


if __name__ == "__main__":
    main()
