"""Progress bars on stderr, where that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from homespun.output import notes

Shown = Callable[[str, int, int], None]  # a name, how much is done, of how much


@contextmanager
def progress_bars() -> Iterator[Shown]:
    """A bar for each name that is shown; nothing is printed where stderr is no terminal."""
    console = notes()
    if not console.is_terminal:
        yield lambda _name, _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        tasks = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield show
