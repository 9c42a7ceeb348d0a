"""Secrets stay secret, values stay values, and a stranger is not spoken to."""

import datetime
import os
import ssl
import subprocess
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.harness.receiver import Receiver
from tests.harness.shop import Shop, members
from tests.reverse_etl.conftest import to_webhook

SECRET = "sk-canary-8f3a"  # noqa: S105 - a canary
ENVIRONMENT = {"HOMESPUN_CRM_TOKEN": SECRET}


def test_a_secret_that_a_destination_echoes_is_kept_nowhere(shop: Shop, receiver: Receiver) -> None:
    receiver.refuses = lambda row: f"the key {SECRET} may not do this"
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience(members(1, 2))

    done = shop.run("sync", "--json", environment=ENVIRONMENT)

    assert done.returncode == 1
    assert receiver.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert shop.query("select distinct error from main_activation.sync_log") == [
        ("the key *** may not do this",)
    ]
    assert SECRET not in done.stdout + done.stderr
    kept = [path for path in shop.folder.rglob("*") if path.is_file()]
    assert len(kept) > 3
    assert [path.name for path in kept if SECRET.encode() in path.read_bytes()] == []


def test_a_secret_is_in_no_command_line(shop: Shop, receiver: Receiver) -> None:
    receiver.answers_after = 30
    shop.write_syncs(crm=to_webhook(receiver, timeout=40))
    shop.write_audience(members(1))
    command = [sys.executable, "-c", "from homespun.cli import main; main()", "sync"]
    running = subprocess.Popen(command, cwd=shop.folder, env={**os.environ, **ENVIRONMENT})
    assert receiver.arrived.wait(20)

    shown = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _is_there(path)]
    receiver.release()

    assert running.wait(30) == 0
    assert not any(SECRET.encode() in line for line in shown)


def test_a_value_with_line_breaks_is_no_header(shop: Shop, receiver: Receiver) -> None:
    hostile = "x\r\nAuthorization: Bearer y\r\n\r\n"
    shop.write_syncs(crm=to_webhook(receiver))
    shop.write_audience([(hostile, hostile, 1.0)])

    done = shop.run("sync")

    assert done.returncode == 0
    [request] = receiver.requests
    assert "authorization" not in request.headers
    assert receiver.members == {hostile: {"email": hostile, "ltv": 1.0}}


def test_a_certificate_that_nobody_vouches_for_is_refused(
    shop: Shop, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.speak_tls(_self_signed(tmp_path))
    shop.write_syncs(crm=to_webhook(receiver, attempts=1))
    shop.write_audience(members(1))

    done = shop.run("sync")

    assert done.returncode == 4
    assert "ConnectError" in done.stderr
    assert receiver.requests == []


def _is_there(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
