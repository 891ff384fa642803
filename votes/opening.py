"""What a ballot is made of: its opening, its commitment, its receipt (docs/export-format.md)."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from votes import canonical, keys
from votes.frozen import FORMAT, Choices

WORD = re.compile("[0-9]{6}")
CODE = re.compile(
    r"(?P<signed>decide1\.(?P<poll>[0-9a-f]{32})\.(?P<c>[0-9a-f]{64})\."
    r"(?P<by>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z))\.(?P<signature>[0-9a-f]{128})"
)


def draw_word() -> str:
    """Six digits for a voter: their ballot is then unlike everybody else's, so that no two share a receipt."""
    return f"{secrets.randbelow(10**6):06d}"


@dataclass(frozen=True)
class Opening:
    """Everything that opens a commitment: for the ballot box only."""

    choices: Choices
    word: str
    nonce: bytes
    parish: str
    parish_nonce: bytes

    @classmethod
    def new(cls, choices: Choices, word: str, parish: str) -> "Opening":
        return cls(choices, word, secrets.token_bytes(32), parish, secrets.token_bytes(32))

    @cached_property
    def text(self) -> bytes:
        """The canonical choices."""
        return canonical.dumps(self.choices)

    @property
    def p(self) -> bytes:
        return sha256(self.parish.encode() + self.parish_nonce).digest()

    def commitment(self, poll: UUID) -> str:
        text = b"".join((FORMAT.encode(), poll.bytes, self.text, self.p, self.word.encode(), self.nonce))
        return sha256(text).hexdigest()

    def sealed(self, place: bytes) -> bytes:
        return keys.seal(
            canonical.dumps(
                {
                    "choices": self.choices,
                    "word": self.word,
                    "nonce": self.nonce.hex(),
                    "parish": self.parish,
                    "parish_nonce": self.parish_nonce.hex(),
                }
            ),
            place,
        )

    @classmethod
    def unsealed(cls, sealed: bytes, place: bytes) -> "Opening":
        data = json.loads(keys.unseal(sealed, place))
        return cls(
            data["choices"],
            data["word"],
            bytes.fromhex(data["nonce"]),
            data["parish"],
            bytes.fromhex(data["parish_nonce"]),
        )


@dataclass(frozen=True)
class Receipt:
    """What a voter may keep. `code` is what page, QR and print carry; it says nothing of the choice.

    `first`: the first cast of this residence. `again`: the very ballot that was there already (a form sent twice).
    """

    poll: UUID
    commitment: str
    include_by: datetime
    first: bool = False
    again: bool = False

    @property
    def code(self) -> str:
        by = self.include_by.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = f"decide1.{self.poll.hex}.{self.commitment}.{by}"
        return f"{signed}.{keys.sign(signed.encode()).hex()}"


def read_receipt(code: str, key: bytes) -> Receipt | None:
    """The receipt of a code that was signed with this public key, otherwise None."""
    found = CODE.fullmatch("".join(code.split()))
    if not found or not keys.is_signed(found["signed"].encode(), bytes.fromhex(found["signature"]), key):
        return None
    return Receipt(UUID(found["poll"]), found["c"], datetime.fromisoformat(found["by"]))
