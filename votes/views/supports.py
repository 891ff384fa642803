"""Supporting from a page, and taking it back, whatever it is that is supported: its owner's view calls these."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from decide import limits
from votes import intentions as taps
from votes import rules
from votes import services as votes
from votes.models import Support

HERE = "apoyo"  # messages with this tag are shown in the panel, where the person is looking


def back_to(thing):
    """To the panel that was tapped; 303: whatever was posted, the page is fetched with GET."""
    response = redirect(f"{thing.get_absolute_url()}#apoyar")
    response.status_code = 303
    return response


def give(request, thing, *, refusal, support):
    """What the button does (a POST): `support()` for a verified person; the tap of others is kept.

    `refusal`: why nobody can support it now, raised before anything is kept.
    """
    limits.check(request, "support")
    if refusal:
        raise refusal
    if not (request.user.is_authenticated and request.user.residence_id):
        return _keep_tap(request, thing)
    support()
    messages.success(request, _("Gracias. Su apoyo quedó registrado."), extra_tags=HERE)
    return back_to(thing)


def _keep_tap(request, thing):
    """Whoever is not verified yet: the tap is kept, counts for nothing, and the way on is shown."""
    if not request.user.is_authenticated:
        taps.remember(request.session, thing.box)
        messages.info(request, _("Guardamos su apoyo. Para que cuente, entre o cree su cuenta; volverá aquí."))
        return redirect_to_login(f"{thing.get_absolute_url()}#apoyar")
    votes.keep_intention(user=request.user, box=thing.box)
    messages.info(request, _("Falta un paso: verificar que vive en Quito."), extra_tags=HERE)
    return back_to(thing)


def take_back(request, thing, *, withdraw):
    """`withdraw()` for whoever is signed in; others forget their tap."""
    limits.check(request, "support")
    if request.user.is_authenticated:
        withdraw()
    else:
        taps.forget(request.session, thing.box)
    messages.success(request, _("Retiró su apoyo. Puede volver a darlo cuando quiera."), extra_tags=HERE)
    return back_to(thing)


def panel(request, thing, refusal) -> dict:
    """What `votes/_support.html` shows: `state` (closed, supported, young, confirm, kept or ready), `reason` (why not),
    `mine` (the own support), `counts` (whether an own support counts, None if unknown). One or two queries."""
    user, box = request.user, thing.box
    residence = user.residence if user.is_authenticated else None
    mine = Support.objects.filter(box=box, residence=residence).first() if residence else None
    shown = {"mine": mine, "counts": mine.counted if mine else residence and rules.counts_in(box, residence)}
    if mine:
        return {**shown, "state": "supported", "final": refusal is not None}
    if refusal:
        return {**shown, "state": "closed", "reason": refusal.reason}
    if residence and (young := rules.obstacle(residence)):
        return {**shown, "state": "young", "reason": young.reason}
    if user.is_authenticated:
        kept = box.intentions.filter(user=user).exists()
        return {**shown, "state": ("confirm" if residence else "kept") if kept else "ready"}
    return {**shown, "state": "kept" if box.pk in taps.kept(request.session) else "ready"}
