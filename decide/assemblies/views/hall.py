"""The hall while the session is held: the table, the door, the phones and the projector."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits, review
from decide.accounts.access import signin_required
from decide.accounts.models import Appointment
from decide.assemblies import session_forms as forms
from decide.assemblies import session_rules as rules
from decide.assemblies.models import Item, Mark, Session
from decide.assemblies.services import attendance, hall, items
from decide.assemblies.session_reading import (
    door_list,
    figures,
    items_of,
    items_with_counts,
    minutes_of,
    seats_that_voted,
    sessions,
    with_votes,
)
from decide.assemblies.views.sessions import GET_OR_POST, attempt, conducted, find_session, number
from decide.errors import Refused


def _seen(response):
    """303: whatever was posted, the page is fetched with GET."""
    response.status_code = 303
    return response


# --- the table -----------------------------------------------------------------------------------------------


@never_cache
@signin_required
@require_safe
def table(request, pk):
    return _table(request, conducted(request, pk))


def _table(request, session, *, form=None, item=None, status=200):
    """The whole session on one page. `form` came back with errors: a new item, the hall, or the count of `item`."""
    listed = items_with_counts(session)
    last = max((each.position for each in listed), default=0)
    new = forms.ItemForm(initial={"position": last + 1}, hands_only=rules.sends_nobody(session.assembly))
    setting = forms.HallForm(initial={"most_marks": session.most_marks, "counts_shown": session.counts_shown})
    context = {
        "session": session,
        "figures": figures(session),
        "items": with_votes(session, listed),
        "voted": seats_that_voted(session),
        "phones_waiting": sum(i.way == Item.Way.PHONES and i.status == Item.Status.WAITING for i in listed),
        "phones_open": sum(i.way == Item.Way.PHONES and i.status == Item.Status.OPEN for i in listed),
        "hands_open": any(i.way == Item.Way.HANDS and i.status == Item.Status.OPEN for i in listed),
        "checks": session.quorum_checks.select_related("by"),
        "minutes": minutes_of(session),
        "door_open": rules.door_is_open(session),
        "new_item": form if isinstance(form, forms.ItemForm) else new,
        "hall_form": form if isinstance(form, forms.HallForm) else setting,
        "form": form,
        "typed": item,
    }
    return render(request, "assemblies/table.html", context, status=status)


def _to_table(pk: int, place: str = ""):
    return _seen(redirect(reverse("assemblies:table", args=[pk]) + (f"#{place}" if place else "")))


@signin_required
@require_POST
def open_session(request, pk):
    limits.check(request, "session")
    hall.open_session(session=conducted(request, pk), officer=request.user)
    messages.success(request, _("La sesión está instalada. El quórum queda fijado."))
    return _to_table(pk)


@signin_required
@require_POST
def verify_quorum(request, pk):
    limits.check(request, "session")
    check = hall.verify_quorum(session=conducted(request, pk), officer=request.user)
    words = {"present": check.present, "needed": check.needed}
    if check.reached:
        messages.success(request, _("Hay quórum: %(present)s presentes, se necesitan %(needed)s.") % words)
    else:
        messages.warning(request, _("No hay quórum: %(present)s presentes, se necesitan %(needed)s.") % words)
    return _to_table(pk)


@signin_required
@require_POST
def close_session(request, pk):
    session = conducted(request, pk)
    if review.needed(request):
        waiting = session.items.filter(status=Item.Status.WAITING).count()
        follows = _("Después ya no se vota ni se registra asistencia. Sigue el acta.")
        if waiting:
            follows = (
                ngettext("Queda %(n)s punto sin votar.", "Quedan %(n)s puntos sin votar.", waiting) % {"n": waiting}
                + " "
                + follows
            )
        back = reverse("assemblies:table", args=[pk])
        return review.page(
            request, title=_("¿Clausurar la sesión?"), follows=follows, rows=[], button=_("Clausurar"), back=back
        )
    limits.check(request, "session")
    hall.close_session(session=session, officer=request.user)
    messages.success(request, _("La sesión está clausurada. Ahora revise el acta y ciérrela."))
    return _seen(redirect("assemblies:minutes_draft", pk))


@signin_required
@require_POST
def set_hall(request, pk):
    limits.check(request, "session")
    session, form = conducted(request, pk), forms.HallForm(request.POST)
    status = 400
    if form.is_valid():
        done, status = attempt(form, hall.set_hall, session=session, officer=request.user, **form.cleaned_data)
        if done:
            messages.success(request, _("Los ajustes de la sala están guardados."))
            return _to_table(pk)
    return _table(request, session, form=form, status=status)


@signin_required
@require_POST
def add_item(request, pk):
    limits.check(request, "session")
    session, form = conducted(request, pk), forms.ItemForm(request.POST)
    status = 400
    if form.is_valid():
        made, status = attempt(form, items.add_item, session=session, officer=request.user, **form.cleaned_data)
        if made:
            return _to_table(pk, f"punto-{made.pk}")
    return _table(request, session, form=form, status=status)


def _item(session: Session, item: int) -> Item:
    """An item of this session; of another one it is missing: 404."""
    return get_object_or_404(session.items.select_related("session"), pk=item)


_ITEM_ACTS = {
    "open": items.open_item,
    "close": items.close_item,
    "remove": items.remove_item,
    "confirm": items.confirm_hand_count,
}


@signin_required
@require_POST
def act_on_item(request, pk, item, act):
    limits.check(request, "session")
    _ITEM_ACTS[act](item=_item(conducted(request, pk), item), officer=request.user)
    return _to_table(pk, f"punto-{item}" if act != "remove" else "")


@signin_required
@require_POST
def act_on_phones(request, pk, act):
    limits.check(request, "session")
    service = {"open": items.open_phone_items, "close": items.close_phone_items}[act]
    service(session=conducted(request, pk), officer=request.user)
    return _to_table(pk)


@signin_required
@require_POST
def count_hands(request, pk, item, correct=False):
    """The number of hands, entered or corrected. What was typed comes back with the reason."""
    limits.check(request, "session")
    session = conducted(request, pk)
    item = _item(session, item)
    form = (forms.CorrectForm if correct else forms.CountForm)(request.POST)
    service = items.correct_hand_count if correct else items.enter_hand_count
    status = 400
    if form.is_valid():
        done, status = attempt(form, service, item=item, officer=request.user, **form.cleaned_data)
        if done:
            return _to_table(pk, f"punto-{item.pk}")
    return _table(request, session, form=form, item=item.pk, status=status)


# --- the door ------------------------------------------------------------------------------------------------


def _kept(request, pk) -> Session:
    """A session whose door this person keeps."""
    session = find_session(pk)
    if not rules.can_keep_door(request.user, session):
        raise Refused(_("La asistencia la registran la mesa de esta asamblea y la ventanilla de su zona."), status=403)
    return session


@never_cache
@signin_required
@require_safe
def door(request, pk):
    return _door(request, _kept(request, pk))


def _door(request, session, *, form=None, status=200):
    open_place = request.GET.get("barrio", "")
    context = {
        "session": session,
        "figures": figures(session),
        "places": door_list(session),
        "arriving": session.attendances.filter(confirmed=False).select_related("seat").order_by("at"),
        "guests": session.attendances.filter(seat=None),
        "open_place": open_place if open_place.isascii() and open_place.isdecimal() else "",
        "guest_form": form or forms.GuestForm(),
        "form": form,
        "door_open": rules.door_is_open(session),
        "may_conduct": rules.can_conduct(request.user, session),
    }
    return render(request, "assemblies/door.html", context, status=status)


def _to_door(pk: int, place=None):
    query = f"?barrio={place}#barrio-{place}" if place else ""
    return _seen(redirect(reverse("assemblies:door", args=[pk]) + query))


@signin_required
@require_POST
def accredit(request, pk):
    """One delegate is here: `appointment` is who of the seat."""
    limits.check(request, "session")
    session = _kept(request, pk)
    appointment = get_object_or_404(Appointment, pk=number(request.POST.get("appointment")))
    here = attendance.accredit(session=session, appointment=appointment, officer=request.user)
    messages.success(request, _("%(name)s está en la sala con voto.") % {"name": here.name})
    return _to_door(pk, here.seat.sent_by_id)


@signin_required
@require_POST
def act_on_attendance(request, pk, row, act):
    limits.check(request, "session")
    session = _kept(request, pk)
    person = get_object_or_404(session.attendances.select_related("session", "seat", "appointment"), pk=row)
    place = person.seat.sent_by_id if person.seat else None
    if act == "confirm" and person.seat:
        attendance.accredit(session=session, appointment=person.appointment, officer=request.user)
        place = None  # the next one who waits for it is on top of the page
    elif act in ("leave", "return"):
        attendance.note_leaving(attendance=person, officer=request.user, back=act == "return")
    elif act == "remove":
        attendance.remove_attendance(attendance=person, officer=request.user)
    return _to_door(pk, place)


@signin_required
@require_POST
def add_guest(request, pk):
    limits.check(request, "session")
    session, form = _kept(request, pk), forms.GuestForm(request.POST)
    status = 400
    if form.is_valid():
        made, status = attempt(form, attendance.add_guest, session=session, officer=request.user, **form.cleaned_data)
        if made:
            messages.success(request, _("%(name)s está en la lista.") % {"name": made.name})
            return _to_door(pk)
    return _door(request, session, form=form, status=status)


@never_cache
@signin_required
@require_safe
def door_sheet(request, pk):
    """A sheet to print and put at the door, with the QR of this session."""
    session = _kept(request, pk)
    if not session.door_code:
        raise Http404
    path = reverse("assemblies:check_in", args=[pk, session.door_code])
    address = f"{settings.SITE_URL}{path}"
    picture = segno.make(address, error="m").svg_data_uri(border=2, omitsize=True)
    return render(request, "assemblies/door_sheet.html", {"session": session, "address": address, "picture": picture})


@never_cache
@require_http_methods(GET_OR_POST)
def check_in(request, pk, code):
    """Where the QR leads: a GET only shows the button; the mark counts once somebody at the door confirms it."""
    session = get_object_or_404(sessions().exclude(door_code=None), pk=pk, door_code=code)
    if request.method == "POST":
        return _check_in(request, session)
    own = None
    if request.user.is_authenticated:
        own = session.attendances.filter(appointment__holder=request.user, seat__isnull=False).first()
    context = {"session": session, "own": own, "door_open": rules.door_is_open(session)}
    return render(request, "assemblies/check_in.html", context)


@signin_required
def _check_in(request, session):
    limits.check(request, "session")
    attendance.check_in(session=session, user=request.user)
    return _seen(redirect("assemblies:check_in", session.pk, session.door_code))


# --- the phones ----------------------------------------------------------------------------------------------


@never_cache
@signin_required
@require_safe
def vote(request, pk):
    """What is voted now, for the delegate who is accredited; for others why they have no vote."""
    session = find_session(pk)
    voter = items.voter_in(session, request.user)
    marked = set()
    if voter:
        marked = set(Mark.objects.filter(seat=voter.seat_id, item__session=session).values_list("item", flat=True))
    listed = with_votes(session, items_of(session))
    context = {
        "session": session,
        "voter": voter,
        "refusal": None if voter else items.voter_refusal(session, request.user),
        "items": listed,
        "phones": [item for item in listed if item.way == Item.Way.PHONES and item.status != Item.Status.CLOSED],
        "hands": [item for item in listed if item.way == Item.Way.HANDS and item.status != Item.Status.CLOSED],
        "marked": marked,
        "left": max(0, session.most_marks - len(marked)),
        "idle": all(item.status != Item.Status.OPEN for item in listed),
    }
    return render(request, "assemblies/vote.html", context)


@signin_required
@require_POST
def mark(request, pk, item, wanted):
    limits.check(request, "vote")
    session = find_session(pk)
    service = items.mark if wanted else items.unmark
    service(item=_item(session, item), user=request.user)
    return _seen(redirect(reverse("assemblies:vote", args=[pk]) + f"#punto-{item}"))


# --- the projector -------------------------------------------------------------------------------------------


@never_cache
@require_safe
def screen(request, pk):
    """For the wall: the quorum, what is voted and how many have voted. Nothing to touch."""
    session = find_session(pk)
    listed = with_votes(session, items_of(session))
    context = {
        "session": session,
        "figures": figures(session),
        "items": listed,
        "voted": seats_that_voted(session),
        "phones_open": any(i.way == Item.Way.PHONES and i.status == Item.Status.OPEN for i in listed),
        "idle": all(item.status != Item.Status.OPEN for item in listed),
    }
    return render(request, "assemblies/screen.html", context)
