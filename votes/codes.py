"""Codes to follow what was filed at a desk: printed on the receipt, known here only by their digest.

XXXX-XXXX-XXXX of 28 letters and digits that are not taken for one another: 57 bits. What is stored is a digest, so
that looking a code up compares nothing of the code itself, and no row or backup says it.
"""

import base64
import hashlib
import unicodedata

from decide.accounts.keys import make_claim_code as make_code

__all__ = ["digest", "make_code"]


def digest(code: str) -> str:
    """The 16 characters (96 bits) that stand for a code; spaces, hyphens and case do not matter."""
    code = "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
    return base64.urlsafe_b64encode(hashlib.sha256(f"follow|{code}".encode()).digest()[:12]).decode()
