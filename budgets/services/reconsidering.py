"""The author asks once that a "not feasible" is looked at again; the zone owes a reply by a deadline."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import study_rules as rules
from budgets.models import Opinion, Reconsideration, Request
from budgets.services.authoring import made_with
from budgets.services.following import tell_followers
from budgets.services.lifecycle import lock_request, move
from budgets.services.studying import open_version, touch
from decide.accounts.suspension import refuse_suspended
from decide.answers.deadlines import end_of_day_after, in_words
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals.services.lifecycle import in_spanish

Status = Request.Status


@transaction.atomic
def ask_reconsideration(*, request: Request, by, body: str, once_key=None) -> Reconsideration:
    """One request for review, and its deadline. Refused: 403 who, 409 (asked already, not "not feasible"), 400."""
    locked = lock_request(request.pk)
    made = made_with(Reconsideration, once_key)
    if made is not None and (made.request_id, made.asked_by_id) == (locked.pk, by.pk):
        return made
    asked = Reconsideration.objects.filter(request=locked).first()
    if not rules.can_ask_reconsideration(by, locked, asked):
        if asked is not None:
            raise Refused(_("Ya se pidió una revisión: se puede una sola vez."), status=409)
        if locked.status != Status.NOT_FEASIBLE:
            raise Refused(_("Solo se revisa lo que no es factible."), status=409)
        raise Refused(_("Solo quien la presentó puede pedir la revisión."), status=403)
    refuse_suspended(by)
    if not any(c.isalnum() for c in body):
        raise Refused(_("Escriba por qué debe revisarse."), status=400)
    now = timezone.now()
    due = end_of_day_after(now, settings.RECONSIDERATION_DAYS)
    try:
        with transaction.atomic():
            asked = Reconsideration.objects.create(
                request=locked, body=body, asked_by=by, asked_at=now, due=due, once_key=once_key
            )
    except IntegrityError:
        raise Refused(_("Ya se pidió una revisión: se puede una sola vez."), status=409) from None
    touch(locked)
    _tell_asked(locked, asked)
    return asked


@transaction.atomic
def reply_reconsideration(*, asked: Reconsideration, officer, granted: bool, reply: str) -> Reconsideration:
    """Granted: what was not feasible is studied anew, as a new version of its opinion. Denied: it stays, with a reason.

    Refused: 403 who, 409 answered already or in another state, 400 without words.
    """
    request = lock_request(asked.request_id)
    asked = Reconsideration.objects.select_for_update(no_key=True).get(pk=asked.pk)
    asked.request = request
    if not rules.may_review(officer, request):
        raise Refused(_("Esto lo responde la Administración Zonal de su zona."), status=403)
    if asked.replied_at is not None:
        raise Refused(_("Este pedido ya se respondió."), status=409)
    if request.status != Status.NOT_FEASIBLE:
        raise Refused(_("La solicitud está en otro estado y este paso ya no es posible."), status=409)
    if not any(c.isalnum() for c in reply):
        raise Refused(_("Escriba la respuesta: la leerán quien lo pidió y todos."), status=400)
    asked.granted, asked.reply, asked.replied_at, asked.replied_by = granted, reply, timezone.now(), officer
    asked._history_user = officer
    asked.save()
    if granted:
        _study_again(request, officer, reply)
    else:
        touch(request)
    _tell_replied(asked, officer)
    return asked


def _study_again(request: Request, officer, reply: str) -> None:
    again = request.opinions.filter(current=True, verdict=Opinion.Verdict.NOT_FEASIBLE)
    drafts = []
    for opinion in again:
        opinion.request = request
        drafts.append(open_version(opinion, reply))
    move(request, Status.STUDY, reason=reply, by=officer, tell=False)
    _tell_studying_again(request, drafts)


@in_spanish()
def _tell_asked(request: Request, asked: Reconsideration) -> None:
    notices.tell(
        kind="reconsideration-asked",
        key=f"reconsideration-asked:{asked.pk}",
        subject=_("Piden revisar una solicitud: %(title)s") % {"title": request.title},
        body=_("Responda hasta el %(due)s. Después, el atraso se ve en la página pública.")
        % {"due": in_words(timezone.localdate(asked.due))},
        path=reverse("budgets:reconsider_reply", args=[request.pk]),
        recipients=rules.Officers().of_review(request.parish),
        group=Group.OFFICE,
    )


@in_spanish()
def _tell_replied(asked: Reconsideration, officer) -> None:
    request = asked.request
    subject = (_("Se estudiará de nuevo: %(title)s") if asked.granted else _("La revisión no se aceptó: %(title)s")) % {
        "title": request.title
    }
    if not request.hidden:
        tell_followers(
            request,
            kind="reconsideration-replied",
            key=f"reconsideration-replied:{asked.pk}",
            subject=subject,
            body=asked.reply,
            path=f"{request.get_absolute_url()}#dictamenes",
            exclude=[officer],
        )


@in_spanish()
def _tell_studying_again(request: Request, drafts: list[Opinion]) -> None:
    officers = rules.Officers()
    for draft in drafts:
        notices.tell(
            kind="opinion-again",
            key=f"opinion-again:{draft.pk}",
            subject=_("Debe estudiarse de nuevo: %(title)s") % {"title": request.title},
            body=_("Se aceptó la revisión. El dictamen %(kind)s se debe hasta el %(due)s.")
            % {
                "kind": str(draft.get_kind_display()).lower(),
                "due": in_words(timezone.localdate(draft.due)),
            },
            path=reverse("budgets:opinion", args=[draft.pk]),
            recipients=officers.of_opinion(draft.kind, request.parish),
            group=Group.OFFICE,
        )
