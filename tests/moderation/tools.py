"""Moderators, cases and what is asked of them."""

from datetime import timedelta

from django.utils import timezone

from decide.errors import Refused
from decide.moderation import services
from decide.moderation.models import Decision, ModerationCase
from tests.factories import make_appointment, make_comment, make_proposal, make_user

REASON = "Insulta a una vecina por su nombre, y eso no se permite aquí."


def make_moderator(**fields):
    user = make_user(**fields)
    make_appointment(user, "moderator")
    return user


def make_thing(author=None, body="Un comentario que alguien reporta.", **fields):
    """A comment of a public proposal."""
    return make_comment(make_proposal().thread, author or make_user(), body, **fields)


def make_reported(thing=None, reason="insult", reporter=None) -> ModerationCase:
    thing = thing or make_thing()
    services.report_thing(thing=thing, reporter=reporter or make_user(), reason=reason)
    return thing.case


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def decide(case, by, action="hide", reason="insult", text=REASON) -> Decision:
    case = fresh(case)
    return services.decide(case=case, by=by, action=action, reason=reason, reason_text=text, seen_version=case.version)


def make_hidden(thing=None, by=None, **fields) -> Decision:
    return decide(make_reported(thing or make_thing(**fields)), by or make_moderator())


def make_sanction(person=None, by=None, kind="suspend7", **fields):
    return services.sanction(
        person=person or make_user(),
        by=by or make_moderator(),
        kind=kind,
        reason="insult",
        reason_text=REASON,
        **fields,
    )


def make_closed(person=None):
    waiting = make_sanction(person, kind="close")
    return services.confirm_closing(sanction=waiting, by=make_moderator())


def status_of(act) -> int:
    try:
        act()
    except Refused as refusal:
        return refusal.status
    return 200


def hours(n):
    return timezone.now() + timedelta(hours=n)
