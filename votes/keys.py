"""The platform's signature, and the lock on ballots while a poll is open. Both keys come from the environment.

settings.PLATFORM_SIGNING_KEY is any secret text; the Ed25519 key is derived from it. settings.BALLOT_KEYS are
`{"v2": b"secret", "v1": b"secret"}`, newest first: what is sealed says under which version, so that an old key stays
until the polls of its time are closed, and is then destroyed together with what it could open.
"""

import secrets
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


class CannotOpen(Exception):
    """A sealed ballot whose key is missing, or which is not what was sealed. Says nothing of its content."""


@lru_cache(maxsize=4)
def _signer(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(b"decide-platform-key-v1" + secret.encode()).digest())


def sign(message: bytes) -> bytes:
    """The platform's signature, 64 bytes."""
    return _signer(settings.PLATFORM_SIGNING_KEY).sign(message)


def public_key() -> bytes:
    """The platform's public key, 32 bytes."""
    return _signer(settings.PLATFORM_SIGNING_KEY).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(key: bytes | None = None) -> str:
    """What is printed on receipts and sheets: SHA-256 of a public key (the platform's), 64 hex digits."""
    return sha256(public_key() if key is None else key).hexdigest()


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=16)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(sha256(b"decide-ballot-key-v1" + secret).digest())


def seal(plain: bytes, place: bytes) -> bytes:
    """Encrypt under the newest key: `v1:` + nonce + ciphertext. It opens only in the same `place` (poll, row)."""
    version, secret = next(iter(settings.BALLOT_KEYS.items()))
    nonce = secrets.token_bytes(12)
    return version.encode() + b":" + nonce + _cipher(secret).encrypt(nonce, plain, place)


def unseal(sealed: bytes, place: bytes) -> bytes:
    """What was sealed. Raises CannotOpen."""
    version, _colon, rest = bytes(sealed).partition(b":")
    secret = settings.BALLOT_KEYS.get(version.decode(errors="replace"))
    if secret is None:
        raise CannotOpen("its key is not among BALLOT_KEYS")
    try:
        return _cipher(secret).decrypt(rest[:12], rest[12:], place)
    except (InvalidTag, ValueError):
        raise CannotOpen("it is not what was sealed") from None
