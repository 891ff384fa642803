"""The signature and the lock on ballots."""

import pytest

from votes import keys


def test_a_signature_is_of_this_message_and_key_only():
    signature = keys.sign(b"head")
    assert keys.is_signed(b"head", signature, keys.public_key())
    assert not keys.is_signed(b"heat", signature, keys.public_key())
    assert not keys.is_signed(b"head", b"\0" * 64, keys.public_key())
    assert not keys.is_signed(b"head", signature, b"\1" * 32)
    assert len(keys.fingerprint()) == 64


def test_another_secret_is_another_key(settings):
    before = keys.fingerprint()
    settings.PLATFORM_SIGNING_KEY = "another-secret-0123456789-0123456789"
    assert keys.fingerprint() != before


def test_what_is_sealed_opens_only_in_its_place():
    sealed = keys.seal(b"choices", b"here")
    assert b"choices" not in sealed
    assert sealed != keys.seal(b"choices", b"here")
    assert keys.unseal(sealed, b"here") == b"choices"
    for other in (b"there", b""):
        with pytest.raises(keys.CannotOpen):
            keys.unseal(sealed, other)
    with pytest.raises(keys.CannotOpen):
        keys.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), b"here")


def test_an_old_key_opens_until_it_is_destroyed(settings):
    settings.BALLOT_KEYS = {"v1": b"one"}
    old = keys.seal(b"choices", b"here")
    settings.BALLOT_KEYS = {"v2": b"two", "v1": b"one"}
    assert keys.seal(b"x", b"").startswith(b"v2:")
    assert keys.unseal(old, b"here") == b"choices"
    settings.BALLOT_KEYS = {"v2": b"two"}
    with pytest.raises(keys.CannotOpen, match="not among BALLOT_KEYS"):
        keys.unseal(old, b"here")


@pytest.mark.parametrize("nonsense", [b"", b"v1:", b"v1:short", b"\xff\xfe", b"v9:abc"])
def test_what_was_never_sealed_does_not_open(nonsense):
    with pytest.raises(keys.CannotOpen):
        keys.unseal(nonsense, b"")
