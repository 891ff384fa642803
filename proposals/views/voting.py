"""An officer takes a proposal to a vote: one form, filled in from the proposal."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from decide import limits
from decide.accounts.access import office_required
from decide.errors import Refused
from proposals.models import Proposal
from proposals.services import voting
from votes import officers
from votes.forms import PollForm

# What is proposed to the officer: a week to announce it, two weeks to vote.
ANNOUNCED, VOTED = timedelta(days=7), timedelta(days=14)


@office_required(*officers.OFFICES)
@require_http_methods(["GET", "HEAD", "POST"])
def make_poll(request, pk):
    proposal = get_object_or_404(Proposal.objects.public().select_related("parish", "answer", "poll"), pk=pk)
    if proposal.poll and officers.can_see(request.user, proposal.poll):
        return redirect("votes:edit", proposal.poll_id)
    if proposal.status not in voting.MAY_BE_VOTED:
        raise Refused(
            _("Solo se vota una propuesta que alcanzó su umbral y todavía no tiene respuesta."),
            way_out=(proposal.get_absolute_url(), _("Volver a la propuesta")),
        )
    form, status = PollForm(officer=request.user, initial=_from(proposal)), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = PollForm(request.POST, officer=request.user), 400
        if form.is_valid():
            try:
                once_key = form.cleaned_data["once_key"]
                poll = voting.make_poll(proposal=proposal, officer=request.user, once_key=once_key, **form.values)
                messages.success(request, _("El borrador está listo, con una pregunta de sí o no. Revísela."))
                return redirect("votes:edit", poll.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    return render(request, "votes/poll_form.html", {"form": form, "proposal": proposal}, status=status)


def _from(proposal: Proposal) -> dict:
    opens = (timezone.localtime() + ANNOUNCED).replace(hour=8, minute=0, second=0, microsecond=0)
    initial = {
        "title": proposal.title,
        "summary": f"{proposal.summary}\n\n{proposal.get_absolute_url()}",
        "effect": "recommendation",
        "running_totals": "live",
        "opens_at": opens,
        "closes_at": opens + VOTED + timedelta(hours=10),
        "answers_for": proposal.answer.agency_id if proposal.answer else None,
        "place": "distrito",
    }
    if proposal.parish:
        initial |= {"place": "parroquias", "parishes": [proposal.parish_id]}
    return initial
