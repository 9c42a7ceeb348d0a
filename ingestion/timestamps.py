"""Timestamps as senders write them, read into naive UTC.

ISO 8601 with an offset, `Z` or none (which means UTC), and epoch numbers whose magnitude tells
seconds, milliseconds, microseconds and nanoseconds apart. A leap second is the second after it,
24:00 the midnight after it; digits beyond microseconds are cut off.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc
from jiter import LosslessFloat

TIMESTAMP = pa.timestamp("us")
_UTC = pa.timestamp("us", "UTC")
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC, as everywhere in the warehouse
_FIRST = (datetime(1, 1, 1) - _EPOCH) // _MICROSECOND  # noqa: DTZ001
_LAST = (datetime(9999, 12, 31, 23, 59, 59, 999_999) - _EPOCH) // _MICROSECOND  # noqa: DTZ001
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?"
    r"(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)
_EPOCH_TEXT = re.compile(r"\d{9,20}(?:\.\d{1,9})?", re.ASCII)  # shorter ones may be dates
_MICROSECONDS_BY_BOUND = (
    (Decimal("1e11"), Decimal(1_000_000)),  # below 1e11 a number counts seconds: until year 5138
    (Decimal("1e14"), Decimal(1_000)),
    (Decimal("1e17"), Decimal(1)),
    (Decimal("1e20"), Decimal("0.001")),
)


def read_timestamps(values: Sequence[object]) -> tuple[pa.Array, list[int]]:
    """The values as one column, and the positions of those that are no timestamp (null there)."""
    try:
        column = pa.array(values, pa.string()).cast(_UTC).cast(TIMESTAMP)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return _read_each(values)
    bounds = pc.min_max(column.cast(pa.int64())).as_py()
    if bounds["min"] is None or (bounds["min"] >= _FIRST and bounds["max"] <= _LAST):
        return column, []
    return _read_each(values)


def read_timestamp(value: object) -> datetime | None:
    """The moment in UTC; None when the value names none within the years 1 to 9999."""
    match value:
        case bool():
            return None
        case int():
            return _read_epoch(Decimal(value))
        case LosslessFloat():
            return _read_float(str(value))
        case str() if _EPOCH_TEXT.fullmatch(value):
            return _read_epoch(Decimal(value))
        case str():
            return _read_iso(value)
        case _:
            return None


def _read_each(values: Sequence[object]) -> tuple[pa.Array, list[int]]:
    moments = [read_timestamp(value) for value in values]
    bad = [
        position
        for position, moment in enumerate(moments)
        if moment is None and values[position] is not None
    ]
    return pa.array(moments, TIMESTAMP), bad


def _read_iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = found.groups()
    at_midnight = hour == "24"
    at_leap = second == "60"
    if at_midnight and (
        minute not in (None, "00") or second not in (None, "00") or (fraction or "").strip("0")
    ):
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if int(hours or 0) > 23 or int(minutes or 0) > 59:
        return None
    try:
        moment = datetime(  # noqa: DTZ001
            int(year),
            int(month),
            int(day),
            0 if at_midnight else int(hour or 0),
            int(minute or 0),
            59 if at_leap else int(second or 0),
            0 if at_leap else int((fraction or "").ljust(6, "0")[:6]),
        )
        moment += timedelta(days=int(at_midnight), seconds=int(at_leap))
        return moment + offset if sign == "-" else moment - offset
    except (ValueError, OverflowError):
        return None


def _read_float(text: str) -> datetime | None:
    try:
        return _read_epoch(Decimal(text))
    except InvalidOperation:  # an exponent beyond any decimal's
        return None


def _read_epoch(number: Decimal) -> datetime | None:
    for bound, microseconds in _MICROSECONDS_BY_BOUND:
        if abs(number) < bound:
            try:
                return _EPOCH + int(number * microseconds) * _MICROSECOND
            except OverflowError:
                return None
    return None
