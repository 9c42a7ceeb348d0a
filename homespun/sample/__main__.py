"""`python -m homespun.sample OUT_DIR`: write the sample shop's events and say what they hold."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from homespun.output import print_json
from homespun.sample import LEAST_DAYS, write_sample


def main(
    out_dir: Annotated[Path, typer.Argument(help="The folder to write into.", file_okay=False)],
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 7,
    customers: Annotated[int, typer.Option(min=1, help="Forty messages or so for each.")] = 400,
    days: Annotated[int, typer.Option(min=LEAST_DAYS, help="Days of history on day one.")] = 120,
) -> None:
    """Write two days of a sample shop's events, and truth.csv, which says whose they are.

    Example: python -m homespun.sample sample --customers 1000
    """
    print_json(asdict(write_sample(out_dir, seed=seed, customers=customers, days=days)))


if __name__ == "__main__":
    typer.run(main)
