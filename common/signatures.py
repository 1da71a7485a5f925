"""Signatures on what is sent to other machines: HMAC with a secret that both know, RSA with a key of our own.

HMAC is that of the Standard Webhooks scheme (`v1`): over "id.timestamp.body", so that its libraries verify it.
"""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

PREFIX = "whsec_"
_OWNER = "Wegweiser"
_LASTS = timedelta(days=3650)


def new_salt() -> str:
    """What makes one secret differ from another; by itself it tells nothing."""
    return secrets.token_hex(16)


def secret_of(salt: str, *, key: str) -> str:
    """The secret of a salt under the key of the house: nothing that is stored tells it."""
    digest = hmac.new(key.encode(), b"webhook secret of " + salt.encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(digest).decode()


def signed(secret: str, *, name: str, at: datetime, body: bytes) -> str:
    """The signature of a message by its id, moment and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    text = f"{name}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


@lru_cache(maxsize=4)
def rsa_key(path: Path) -> rsa.RSAPrivateKey:
    """The key of the house for RSA, made when it is first asked for; of several that are made at once one stays."""
    if not path.exists():
        _kept_once(path, _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())


def _kept_once(path: Path, text: bytes) -> None:
    """A file that is whole or not there, for its owner's eyes; the first of several writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_bytes(text)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def rsa_signed(body: bytes, *, key: rsa.RSAPrivateKey) -> str:
    """The signature of a body, RSA with SHA-256, in Base64 (R62)."""
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()


@lru_cache(maxsize=4)
def certificate(key: rsa.RSAPrivateKey, name: str) -> bytes:
    """A certificate of the key that the house gives itself, as DER; the same for the same key and name."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, _OWNER), x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]
    )
    began = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(_serial(key))
        .not_valid_before(began)
        .not_valid_after(began + _LASTS)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def _serial(key: rsa.RSAPrivateKey) -> int:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    text = key.public_key().public_bytes(serialization.Encoding.DER, kind)
    return int.from_bytes(hashlib.sha256(text).digest()[:15], "big")
