"""One click to stop, without signing in: a signed address for each person and groups of notices (RFC 8058).

It stands in every mail for as long as that mail is kept, so it never expires. It allows nothing but to stop mails.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from decide.accounts.models import User
from decide.notices.groups import GROUPS

SALT = "notices.unsubscribe"


def address(user, groups) -> str:
    """The address that stops the mails of these groups; empty where a person cannot do without them."""
    wanted = [group.value for group in GROUPS if group in groups]
    if not wanted:
        return ""
    token = signing.Signer(salt=SALT).sign(f"{user.public_id.hex}-{'-'.join(wanted)}")
    return settings.SITE_URL + reverse("notices:unsubscribe", args=[token])


def read(token: str) -> tuple[User, list[str]] | None:
    """Whose mails of which groups a token stops; None for one that we did not make, or of an account that is gone."""
    try:
        public_id, *groups = signing.Signer(salt=SALT).unsign(token).split("-")
    except signing.BadSignature:
        return None
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    return (user, [group for group in groups if group in GROUPS]) if user else None
