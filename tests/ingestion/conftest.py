"""A project of its own for each test, whose settings come from its own files only."""

from pathlib import Path

import pytest

from tests.ingestion.shop import Shop, make_shop


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBT_PROFILES_DIR", "DBT_PROJECT_DIR", "DBT_TARGET", "DBT_TARGET_PATH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An empty project."""
    return make_shop(tmp_path)
