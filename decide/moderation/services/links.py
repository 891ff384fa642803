"""The link by which a closed account appeals: signed, for one decision and the account that it was told to."""

from django.core import signing
from django.urls import reverse

from decide.moderation.models import Decision

SALT = "decide.moderation.appeal"


def appeal_token(decision: Decision) -> str:
    """The page of ours where the person appeals without signing in: for the mail of a closed account."""
    token = signing.dumps([decision.pk, decision.subject_id], salt=SALT)
    return reverse("moderation:appeal_by_link", args=[token])


def read_appeal_token(token: str) -> Decision | None:
    """The decision of a link that we made, for the account that it was made for; None for any other."""
    try:
        pk, subject = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Decision.objects.select_related("subject", "case", "sanction").filter(pk=pk, subject=subject).first()
