"""Signatures: a vector that others published, secrets that nothing stored tells, and a key of our own for RSA."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from common.signatures import certificate, new_salt, rsa_key, rsa_signed, secret_of, signed

# from the description of the Standard Webhooks scheme
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAME = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_comes_out() -> None:
    assert signed(SECRET, name=NAME, at=AT, body=b'{"test": 2432232314}') == SIGNATURE


def test_another_moment_another_id_or_another_body_is_another_signature() -> None:
    later = datetime.fromtimestamp(1614265331, UTC)
    found = {
        signed(SECRET, name=NAME, at=AT, body=b'{"test": 2432232314}'),
        signed(SECRET, name=NAME, at=later, body=b'{"test": 2432232314}'),
        signed(SECRET, name="msg_2", at=AT, body=b'{"test": 2432232314}'),
        signed(SECRET, name=NAME, at=AT, body=b'{"test": 2432232315}'),
    }
    assert len(found) == 4


def test_a_secret_hangs_on_its_salt_and_on_the_key_of_the_house() -> None:
    one, other = new_salt(), new_salt()
    assert len({secret_of(one, key="a"), secret_of(one, key="b"), secret_of(other, key="a")}) == 3
    assert len(base64.b64decode(secret_of(one, key="a").removeprefix("whsec_"))) == 32


def test_the_certificate_verifies_what_the_key_has_signed_and_the_key_is_made_once(tmp_path: Path) -> None:
    path, found = tmp_path / "deep" / "webhooks.pem", []
    makers = [Thread(target=lambda: found.append(rsa_key.__wrapped__(path))) for _ in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len({key.private_numbers().d for key in found}) == 1
    assert [one.name for one in path.parent.iterdir()] == ["webhooks.pem"]
    assert path.stat().st_mode & 0o777 == 0o600
    read = x509.load_der_x509_certificate(certificate(found[0], "portal.example"))
    assert read.subject.rfc4514_string() == "CN=portal.example,O=Wegweiser"
    body = "Größe".encode()
    key = read.public_key()
    signature = base64.b64decode(rsa_signed(body, key=found[0]))
    key.verify(signature, body, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr, call-arg, arg-type]
