"""The log of a poll stands still, since the database is behind it: two officers say so in public, and it goes on."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from decide import limits
from decide.accounts.access import office_required
from decide.errors import Refused
from votes import officers
from votes.forms import AnnulForm
from votes.models import Poll
from votes.services import declare_fork


class ForkForm(AnnulForm):
    """The same public reason, with another question."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("¿Qué pasó con el registro?")


@office_required(*officers.OFFICES)
@require_http_methods(["GET", "HEAD", "POST"])
def fork(request, pk):
    """Declare that the log goes on from an earlier state; done once a second officer has declared it."""
    poll = get_object_or_404(Poll.objects.open().select_related("box"), pk=pk)
    if not poll.box.halted_at:
        raise Refused(_("El registro de esta votación no está detenido."))
    form, status = ForkForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = ForkForm(request.POST), 400
        if form.is_valid():
            done = declare_fork(poll=poll, officer=request.user, reason=form.cleaned_data["reason"])
            messages.success(
                request,
                _("Queda declarado, y el registro continúa.")
                if done
                else _("Queda declarado. Falta que lo declare otra persona con cargo."),
            )
            return redirect("votes:check", pk=poll.pk, slug=poll.slug)
    declared = poll.forks.filter(done=False).order_by("at")
    return render(request, "votes/fork.html", {"poll": poll, "form": form, "declared": declared}, status=status)
