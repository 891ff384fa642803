"""What belongs to the person: profile, consents, a copy of everything, and leaving."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import Appointment, Consent, Residence, User
from decide.accounts.sessions import end_sessions
from decide.errors import Refused

UNCONFIRMED_PERIOD = timedelta(days=7)


@transaction.atomic
def save_profile(*, user: User, display_name: str, home_parish=None) -> User:
    user.display_name, user.home_parish = display_name, home_parish
    user.save(update_fields=["display_name", "home_parish"])
    return user


@transaction.atomic
def give_consent(*, user: User, purpose: str) -> Consent:
    """Keep that a person agreed to the text of today (settings.TERMS_VERSION); an older agreement is closed."""
    now = timezone.now()
    live = user.consents.filter(purpose=purpose, withdrawn_at=None)
    same = live.filter(version=settings.TERMS_VERSION).first()
    if same:
        return same
    live.update(withdrawn_at=now)
    return Consent.objects.create(user=user, purpose=purpose, version=settings.TERMS_VERSION, given_at=now)


@transaction.atomic
def withdraw_consent(*, user: User, purpose: str) -> bool:
    """Close an agreement, dated. Without the terms there is no account: those end by erasing it (Refused 409)."""
    if purpose == Consent.Purpose.TERMS:
        raise Refused(_("Sin estas condiciones no hay cuenta. Para retirarlas, borre su cuenta."))
    return bool(user.consents.filter(purpose=purpose, withdrawn_at=None).update(withdrawn_at=timezone.now()))


def rooms() -> dict:
    """Every room that keeps something of a person: name → module with `export_own` and `erase_own`."""
    return import_string(settings.OWN_DATA_ROOMS)


def export_all(*, user: User) -> dict:
    """Everything the platform keeps about a person, by room, ready for JSON (LOPDP, portability)."""
    return {name: room.export_own(user) for name, room in rooms().items()}


@transaction.atomic
def erase_account(*, user: User) -> None:
    """Erase an account in every room, in one transaction: supports withdrawn, what was written without its author.

    The residence stays, without account: the same person who comes back is recognised, and nothing counts twice.
    """
    # Others may refer to the account until it goes: whoever holds a box meanwhile is about to tell its supporters.
    user = User.objects.select_for_update(of=["self"], no_key=True).get(pk=user.pk)
    for room in rooms().values():
        room.erase_own(user)
    pk = user.pk
    user.delete()
    transaction.on_commit(partial(end_sessions, pk))


def drop_unconfirmed_accounts(now) -> int:
    """Delete accounts whose address nobody confirmed within a week: nobody ever entered them. Returns how many."""
    old = User.objects.filter(date_joined__lt=now - UNCONFIRMED_PERIOD, last_login=None, is_staff=False)
    old = old.filter(emailaddress__verified=False).exclude(emailaddress__verified=True)
    pks = list(old.filter(held=None, residence=None).values_list("pk", flat=True)[:500])
    return User.objects.filter(pk__in=pks).delete()[1].get(User._meta.label, 0)


def export_own(user: User) -> dict:
    """What this room keeps: the account, its residence (never a number, of which there is none), offices, consents."""
    return {
        "public_id": str(user.public_id),
        "email": user.email,
        "display_name": user.display_name,
        "home_parish": user.home_parish and user.home_parish.name,
        "joined": user.date_joined.isoformat(),
        "last_login": user.last_login and user.last_login.isoformat(),
        "addresses": list(user.emailaddress_set.values("email", "verified", "primary")),
        "second_factors": [
            {"type": a.type, "created": a.created_at.isoformat()} for a in user.authenticator_set.order_by("pk")
        ],
        "residence": user.residence and _residence(user.residence),
        "offices": [
            {"office": a.office, "name": str(a), "from": a.starts.isoformat(), "until": a.ends and a.ends.isoformat()}
            for a in user.held.select_related("zone", "parish", "agency", "body")
        ],
        "consents": [
            {
                "purpose": c.purpose,
                "version": c.version,
                "given": c.given_at.isoformat(),
                "withdrawn": c.withdrawn_at and c.withdrawn_at.isoformat(),
            }
            for c in user.consents.order_by("given_at")
        ],
    }


def _residence(residence: Residence) -> dict:
    return {
        "parish": residence.parish.name,
        "level": residence.level,
        "verified": residence.verified_at.isoformat(),
        "participates_from": residence.participates_from.isoformat(),
        "documents": list(residence.document_keys.order_by("kind", "country").values("kind", "country").distinct()),
    }


def erase_own(user: User) -> None:
    """Offices end and lose the name, in their history too; what an officer decided stays without the officer."""
    today = timezone.localdate()
    for office in user.held.all():
        office.ends = max(office.starts, min(today, office.ends or today))
        office.holder, office.holder_name = None, ""
        office.save()
    offices = Appointment.history.model.objects
    offices.filter(holder_id=user.pk).update(holder_id=None, holder_name="")
    offices.filter(claimed_by_id=user.pk).update(claimed_by_id=None)
    offices.filter(appointed_by_id=user.pk).update(appointed_by_id=None)
    Residence.history.model.objects.filter(verified_by_id=user.pk).update(verified_by_id=None)
    # The administration's own log calls an account by its name.
    about = LogEntry.objects.filter(content_type__app_label="accounts", content_type__model="user")
    about.filter(object_id=str(user.pk)).update(object_repr="")
