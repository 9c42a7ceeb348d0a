"""Whatever audiences and faults come, a clean run at the end makes the destination the audience."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reverse_etl.sync import sync
from tests.harness.receiver import HARMLESS_IN_THE_END, Fault, Receiver
from tests.harness.shop import make_shop
from tests.reverse_etl.conftest import to_webhook

audiences = st.dictionaries(
    st.sampled_from([f"u{n}" for n in range(12)]),
    st.tuples(st.sampled_from(["a@x.io", "b@x.io", None]), st.sampled_from([1.0, 2.0, None])),
)
HALF_TOLD = [Fault.HALF_JSON, Fault.HALF_JSON, Fault.SOME_MISSING, Fault.TOO_MANY]
scripts = st.lists(st.sampled_from(HARMLESS_IN_THE_END), max_size=6)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
@example(versions=[({f"u{n}": ("a@x.io", 1.0) for n in range(5)}, HALF_TOLD), ({}, [])], keys=True)
@given(versions=st.lists(st.tuples(audiences, scripts), min_size=1, max_size=3), keys=st.booleans())
def test_the_destination_ends_as_the_audience(
    versions: list[tuple[dict[str, tuple[str | None, float | None]], list[Fault]]], keys: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, Receiver(honours_keys=keys) as receiver:
        shop = make_shop(Path(folder))
        guard = {"max_removed_share": 1, "allow_empty": True, "min_rejected": 1000}
        shop.write_syncs(
            crm=to_webhook(receiver, guard=guard, batch_rows=4, attempts=3, concurrency=2)
        )
        for audience, faults in versions:
            shop.write_audience((key, *values) for key, values in audience.items())
            receiver.will(*faults)
            sync(shop.project)
        receiver.faults.clear()
        sync(shop.project)
        [last] = sync(shop.project)

        wanted, _ = versions[-1]
        assert receiver.members == {
            key: {"email": email, "ltv": value} for key, (email, value) in wanted.items()
        }
        assert (last.exit_code, last.requests) == (0, 0)
        assert _every_key_alternates(receiver.operations)
        log = shop.query("select status, count(*) from main_activation.sync_log group by 1")
        assert {status for status, _ in log} <= {"done", "retry", "rejected"}
        state = shop.query("select key from main_activation.sync_state")
        assert {key for (key,) in state} == set(wanted)


def _every_key_alternates(operations: list[tuple[str, str]]) -> bool:
    """A key is only changed or removed where it was added before."""
    present: set[str] = set()
    for operation, key in operations:
        if operation == "change" and key not in present:
            return False
        if operation == "remove":
            present.discard(key)
        else:
            present.add(key)
    return True
