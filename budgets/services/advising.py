"""An advisory online poll of the parish's residents before the assembly: made in one step, it decides nothing."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from budgets import decision_rules as rules
from budgets.models import Decision
from budgets.services.deciding import lock_decision
from decide.errors import Refused
from proposals.services.lifecycle import in_spanish
from votes.models import Poll, Question
from votes.services import authoring


@transaction.atomic
@in_spanish()
def make_advisory_poll(*, decision: Decision, officer, opens_at, closes_at, answers_for, once_key=None) -> Poll:
    """The draft of a poll of the parish's residents with the matrix as its options (method `budget`, the parish's
    amount); a second officer approves it as any poll. Made twice it is one.

    What costs more than the whole amount is no option. Raises Refused: 403; 400 (dates: it ends before the assembly);
    409 (rules not fixed, fewer than two options, more than a question holds).
    """
    locked = lock_decision(decision.pk)
    rules.refuse_unless_prepares(officer, locked.parish)
    if locked.poll_id:
        return locked.poll
    if locked.status != Decision.Status.FIXED:
        raise Refused(_("La consulta se prepara con las reglas fijadas y antes de la asamblea."), status=409)
    if not opens_at < closes_at < locked.session.starts_at:
        raise Refused(_("La consulta se abre antes de cerrarse, y se cierra antes de la asamblea."), status=400)
    options = list(locked.candidates.filter(cost__lte=locked.budget).select_related("request"))
    if not 2 <= len(options) <= authoring.MOST_OPTIONS:
        raise Refused(
            _("Una consulta tiene entre 2 y %(most)s obras o proyectos que quepan en el monto.")
            % {"most": authoring.MOST_OPTIONS},
            status=409,
        )
    words = {"parish": locked.parish.name, "year": locked.year.year}
    poll = authoring.draft_poll(
        officer=officer,
        once_key=once_key,
        parishes=[locked.parish],
        title=_("Presupuesto %(year)s de %(parish)s: ¿qué haría usted?") % words,
        summary=_(
            "Esta consulta no decide: su resultado se muestra a la asamblea de %(parish)s, que vota en público.\n\n"
            "%(page)s"
        )
        % (words | {"page": rules.page_of(locked)}),
        decided_by_text=_("La Administración Zonal, para informar a la asamblea parroquial."),
        effect=Poll.Effect.INFORMATION,
        answers_for=answers_for,
        opens_at=opens_at,
        closes_at=closes_at,
        running_totals=Poll.RunningTotals.AT_CLOSE,
    )
    question = authoring.save_question(
        poll=poll,
        officer=officer,
        text=_("Elija lo que haría con el dinero de la parroquia."),
        help=_("Marque lo que quiera mientras alcance el monto."),
        method=Question.Method.BUDGET,
        max_choices=None,
        amount=locked.budget,
    )
    for candidate in options:
        authoring.save_option(
            poll=poll,
            officer=officer,
            question=question,
            text=f"{candidate.number}. {candidate.request.title}",
            link=f"{settings.SITE_URL}{candidate.request.get_absolute_url()}",
            cost=candidate.cost,
        )
    locked.poll = poll
    locked._history_user = officer
    locked.save()
    return poll


def follow_poll(sender, poll: Poll, event: str, **kwargs) -> None:
    """Receives `poll_changed`: a draft may have been edited, so what is announced is looked at again. It still informs,
    asks that parish alone, and ends before its assembly; otherwise nobody approves it. Raises Refused (409)."""
    decision = Decision.objects.filter(poll=poll).select_related("session").first() if event == "approved" else None
    if decision is None:
        return
    here = [decision.parish_id] == list(poll.parishes.values_list("pk", flat=True)) and not poll.zones.exists()
    if poll.effect != Poll.Effect.INFORMATION or not here:
        raise Refused(_("La consulta de una asamblea solo informa y pregunta solo a su parroquia."), status=409)
    if decision.status != Decision.Status.FIXED or poll.closes_at >= decision.session.starts_at:
        raise Refused(_("La consulta se cierra antes de la asamblea: cambie sus fechas."), status=409)
