"""The fetchers over TLS: certificates are checked, and a private CA can be trusted."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from issuer import AUDIENCE, ISSUER, Key, send, set_of
from jotgate import (
    AiohttpFetcher,
    AsyncHttpxFetcher,
    HttpxFetcher,
    KeysUnavailable,
    RequestsFetcher,
    UrllibFetcher,
    Validator,
)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its private key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    today = dt.datetime.now(dt.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def url(certificate: Path, key: Key) -> Iterator[str]:
    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            send(self, 200, set_of(key))

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), Publisher) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that refuses us is no error here
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}/jwks"
        server.shutdown()
        thread.join()


def validator(url: str, fetch: Any) -> Validator:
    return Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=url, fetch=fetch)


@pytest.mark.parametrize("fetcher", [UrllibFetcher, HttpxFetcher, AsyncHttpxFetcher, RequestsFetcher, AiohttpFetcher])
def test_an_unknown_certificate_is_an_outage_that_says_so(url: str, key: Key, fetcher: Any) -> None:
    untrusting = validator(url, fetcher())
    with pytest.raises(KeysUnavailable, match="certificate") as caught:
        untrusting.validate(key.token(exp=time.time() + 60))
    source = untrusting.health()["sources"][0]
    assert source["last_error"] == "certificate"
    assert source["last_error_cause"].startswith("SSLCertVerificationError: ")
    assert "self-signed certificate" in source["last_error_cause"]
    assert "the authority that signed it" in str(caught.value)


def test_a_private_ca_can_be_trusted(url: str, key: Key, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=certificate)
    verified = validator(url, UrllibFetcher(ssl_context=context)).validate(key.token(exp=time.time() + 60))
    assert verified.subject == "alice"


def test_the_command_line_trusts_an_authority_of_its_own(certificate: Path, url: str) -> None:
    def keys(*options: str | Path) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-m", "jotgate", "keys", *map(str, options), url]
        return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)

    stranger = keys()
    assert (stranger.returncode, "certificate" in stranger.stdout) == (2, True)
    trusted = keys("--cacert", certificate, "--cert", certificate, "--timeout", "30")
    assert (trusted.returncode, "1 usable" in trusted.stdout) == (0, True)
