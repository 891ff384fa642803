"""A suspended person reads, supports, votes and appeals; they publish neither text nor photos, and do not report."""

from django.utils.translation import gettext as _

from decide.accounts.rules import can_write
from decide.errors import Refused
from decide.templatetags.decide import fecha


def refuse_suspended(user) -> None:
    """Raises Refused (403), until when and how to appeal, if this person may not publish today."""
    if not can_write(user):
        raise Refused(
            _("Su cuenta está suspendida hasta el %(until)s. Puede leer, apoyar, votar y apelar, pero no publicar.")
            % {"until": fecha(user.suspended_until)},
            status=403,
            way_out=("/mi/moderacion/", _("Ver por qué y cómo apelar")),
        )
