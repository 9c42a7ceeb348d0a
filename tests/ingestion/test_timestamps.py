"""The fast reading of timestamps and the exact one agree."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ingestion.timestamps import read_timestamp, read_timestamps

moments = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    ),
)
digits = st.from_regex(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9]"
    r"([T ][0-2][0-9](:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,9})?)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?",
    fullmatch=True,
)


@given(moments)
def test_iso_8601_is_read_into_utc(moment: datetime) -> None:
    assert read_timestamp(moment.isoformat()) == moment.astimezone(UTC).replace(tzinfo=None)


@given(st.lists(st.one_of(digits, st.text(max_size=12), st.none()), max_size=3))
def test_a_column_is_read_as_each_of_its_values_is(values: list[str | None]) -> None:
    column, bad = read_timestamps(values)

    assert column.to_pylist() == [read_timestamp(value) for value in values]
    assert bad == [
        position
        for position, value in enumerate(values)
        if value is not None and read_timestamp(value) is None
    ]
