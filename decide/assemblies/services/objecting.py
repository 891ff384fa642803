"""Objections to a registration, public while its period runs and afterwards."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.suspension import refuse_suspended
from decide.assemblies import rules
from decide.assemblies.models import Assembly, Objection
from decide.assemblies.services import telling
from decide.assemblies.services.shared import lock_assembly
from decide.errors import Refused
from decide.moderation.models import ModerationCase


@transaction.atomic
def object_to(*, assembly: Assembly, author, body: str, once_key=None, now=None) -> Objection:
    """Say publicly why an assembly should not be registered. A known `once_key` returns the stored objection.

    Raises Refused: 403 (suspended, who applied), 409 (no period, or it is over).
    """
    refuse_suspended(author)
    locked = lock_assembly(assembly.pk)
    if once_key and (stored := Objection.objects.filter(once_key=once_key).first()):
        if stored.author_id != author.pk:
            raise Refused(_("Este formulario ya se envió desde otra cuenta. Abra uno nuevo."))
        return stored
    if refusal := rules.objection_refusal(locked, now):
        raise refusal
    if rules.applied(author, locked):
        raise Refused(_("Usted pidió este registro: no puede objetarlo."), status=403)
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                assembly=locked, author=author, body=body, once_key=once_key, created=now or timezone.now()
            )
    except IntegrityError:  # the same form, at the same moment, to another assembly
        raise Refused(_("Este formulario ya se envió. Abra uno nuevo.")) from None
    telling.tell_objection(objection)
    return objection


def follow_visibility(sender, case: ModerationCase, hidden: bool, **kwargs) -> None:
    """A moderator hid an objection, or shows it again. What is hidden needs no reply."""
    if case.kind == Objection.KIND:
        Objection.objects.filter(case=case).update(hidden=hidden)
