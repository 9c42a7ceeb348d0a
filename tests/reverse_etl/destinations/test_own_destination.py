"""A destination of one's own, as the README has it: a class in the project's folder, no fork."""

import json
import re
from pathlib import Path

import pytest

from tests.harness.receiver import Fault
from tests.harness.shop import Shop, members
from tests.reverse_etl.destinations.conftest import Bench
from tests.reverse_etl.destinations.kits import Kit
from tests.reverse_etl.destinations.vendor_server import SECRET, Call, Reply, VendorServer

README = Path(__file__).parents[3] / "README.md"
EXAMPLE = re.compile(r"```python\n# acme/crm\.py.*?\n(.*?)```", re.DOTALL)


class Acme(VendorServer):
    """The CRM that the README's example speaks to."""

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, str] = {}

    def reply(self, call: Call) -> Reply:
        """Set who is a member."""
        if call.headers.get("x-token") != SECRET:
            return 401, None
        for key, is_member, fields in call.content:
            self.members.pop(key, None)
            if is_member:
                self.members[key] = fields["email"]
        return 204, None


def test_the_readmes_destination_works_as_it_stands(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    [code] = EXAMPLE.findall(README.read_text())
    (shop.folder / "acme").mkdir()
    (shop.folder / "acme" / "crm.py").write_text(code)
    monkeypatch.setenv("HOMESPUN_CRM_TOKEN", SECRET)
    with Acme() as acme:
        settings = {"url": acme.url, "allow_private": True}
        bench = Bench(
            shop,
            Kit(
                sync={"destination": "acme.crm:Crm", "settings": settings, "fields": ["email"]},
                members=lambda: set(acme.members.values()),
                far=acme,
            ),
        )
        bench.run(*members(1, 2))
        acme.will(Fault.ERROR_AFTER, Fault.TOO_MANY)

        report = bench.run(*members(2, 3))

        assert (report.exit_code, report.sent) == (0, 2), report.message
        assert bench.kit.members() == {"jane2@example.com", "jane3@example.com"}
        assert json.loads(acme.requests[-1].body) == [["u3", True, {"email": "jane3@example.com"}]]
