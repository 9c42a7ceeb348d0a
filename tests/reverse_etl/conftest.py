"""What the tests of SYNC share: a shop with an audience, and a destination on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def to_webhook(receiver: Receiver, **changes: Any) -> dict[str, Any]:
    """The configuration of a quick sync to the receiver."""
    settings = {"url": receiver.url, "allow_private": True, **changes.pop("settings", {})}
    return {
        "destination": "webhook",
        "settings": settings,
        "key": "user_id",
        "fields": {"email": "email", "ltv": "lifetime_value"},
        "backoff": 0.001,
        "timeout": 2,
        **changes,
    }
