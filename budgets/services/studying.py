"""The three opinions: drafts that only their officer sees, issued once, corrected visibly; and what follows from them.

Locks: box, request, opinion. Whoever issues holds the request, so that the third opinion sees the other two.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import study_rules as rules
from budgets.models import FieldVisit, Opinion, Request
from budgets.services.files import place_files
from budgets.services.following import tell_followers
from budgets.services.lifecycle import lock_request, move
from decide import live
from decide.answers.deadlines import end_of_day_after, in_words
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals.services.lifecycle import in_spanish

Status, Kind, Verdict = Request.Status, Opinion.Kind, Opinion.Verdict
FIELDS = (
    *("verdict", "reason", "cost", "cost_lines", "guideline"),
    *("condition", "condition_by", "condition_due"),
)
MOST = 10_000_000  # USD: more than any work of the participatory budget has cost


def _lock(opinion: Opinion) -> Opinion:
    """The opinion as it is now with its request, both held."""
    request = lock_request(opinion.request_id)
    locked = Opinion.objects.select_for_update(no_key=True, of=("self",)).filter(pk=opinion.pk).first()
    if locked is None:
        raise Refused(_("Este borrador ya no existe."), status=409)
    locked.request = request
    return locked


def _refuse_stranger(opinion: Opinion, officer) -> None:
    if not rules.gives_opinion(officer, opinion.kind, opinion.request):
        raise Refused(
            _("Este dictamen lo da quien hoy tiene ese cargo en su zona, y nunca sobre una solicitud propia."),
            status=403,
        )


def _refuse_closed(opinion: Opinion, officer) -> None:
    _refuse_stranger(opinion, officer)
    if opinion.issued_at is not None:
        raise Refused(_("Este dictamen ya se emitió. Si hay un error, corríjalo con otra versión."), status=409)
    if not rules.is_open(opinion):
        raise Refused(_("La solicitud ya no está en estudios."), status=409)
    if opinion.officer_id not in (None, officer.pk):
        raise Refused(_("Otra persona de su oficina ya escribe este dictamen. Tómelo si ella no lo sigue."), status=409)


def _write(opinion: Opinion, officer, values: dict) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"no fields of an opinion: {unknown}")
    for name, value in values.items():
        setattr(opinion, name, value)
    if opinion.kind != Kind.TECHNICAL:  # only the technical one estimates
        opinion.cost, opinion.cost_lines = None, []
    if opinion.verdict != Verdict.CONDITIONAL:
        opinion.condition, opinion.condition_by, opinion.condition_due = "", "", None
    opinion.officer, opinion.saved_at = officer, timezone.now()
    opinion._history_user = officer


@transaction.atomic
def save_opinion(*, opinion: Opinion, officer, **values) -> Opinion:
    """Keep a draft (`FIELDS`; nothing is required yet). From now on it is this officer's. Refused: 403, 409."""
    locked = _lock(opinion)
    _refuse_closed(locked, officer)
    _refuse_cost(values.get("cost"))
    _write(locked, officer, values)
    locked.save()
    return locked


@transaction.atomic
def issue_opinion(*, opinion: Opinion, officer, **values) -> Opinion:
    """Make it public, for good: what it says changes only with a new version. With the third one the request becomes
    feasible, feasible with a condition, or not feasible. Refused: 403 who, 409 issued already, 400 what is missing."""
    locked = _lock(opinion)
    _refuse_closed(locked, officer)
    _write(locked, officer, values)
    if locked.version > 1:
        _replace(locked, officer)
    _refuse_incomplete(locked)
    locked.current, locked.issued_at = True, timezone.now()
    locked.save()
    touch(locked.request)
    moved = conclude(locked.request, officer)
    if not moved or locked.version > 1:
        _tell_issued(locked, officer)
    return locked


def _replace(opinion: Opinion, officer) -> None:
    """The version in force gives way. What was met of the same condition stays met."""
    if rules.is_on_a_matrix(opinion.request):
        raise Refused(_("La matriz de su asamblea ya está publicada: ya no cambia."), status=409)
    before = Opinion.objects.get(request=opinion.request, kind=opinion.kind, current=True)
    asked = ("verdict", "condition", "condition_by", "condition_due")
    if all(getattr(before, name) == getattr(opinion, name) for name in asked):
        opinion.condition_met_on = before.condition_met_on
    before.current = False
    before._history_user = officer
    before.save()


def _refuse_cost(cost) -> None:
    if cost is not None and not 0 < cost < MOST:
        raise Refused(_("El costo debe ser mayor que cero y menor que diez millones de dólares."), status=400)


def _refuse_incomplete(opinion: Opinion) -> None:
    if opinion.verdict not in Verdict.values:
        raise Refused(_("Elija el resultado del dictamen."), status=400)
    if not any(c.isalnum() for c in opinion.reason):
        raise Refused(_("Escriba por qué, en palabras sencillas: lo leerán todos."), status=400)
    _refuse_cost(opinion.cost)
    if opinion.verdict == Verdict.NOT_FEASIBLE:
        return
    if opinion.guideline is None:
        raise Refused(_("Elija el lineamiento del PMDOT al que sirve."), status=400)
    if opinion.kind == Kind.TECHNICAL and opinion.cost is None:
        raise Refused(_("Escriba el costo estimado: la asamblea lo necesita."), status=400)
    if opinion.verdict == Verdict.CONDITIONAL:
        if not (opinion.condition and opinion.condition_by and opinion.condition_due):
            raise Refused(_("Diga qué debe cumplirse, quién debe hacerlo y hasta cuándo."), status=400)
        if opinion.condition_due < timezone.localdate() and not opinion.is_met:
            raise Refused(_("El plazo de la condición no puede estar en el pasado."), status=400)


def issue_opinions(*, opinions, officer, costs: dict, **values) -> tuple[list[Opinion], list[tuple[Opinion, str]]]:
    """The same verdict and words for many, each with its own cost (`costs`: {id: Decimal}), each in its own
    transaction: (issued, [(opinion, why it was not)])."""
    issued, refused = [], []
    for opinion in opinions:
        own = {"cost": costs[opinion.pk], "cost_lines": []} if opinion.pk in costs else {}
        try:
            issued.append(issue_opinion(opinion=opinion, officer=officer, **values, **own))
        except Refused as refusal:
            refused.append((opinion, str(refusal.reason)))
    return issued, refused


@transaction.atomic
def take_over_opinion(*, opinion: Opinion, officer) -> Opinion:
    """A colleague of the same office goes on with a draft; who had it is told, and the text comes along."""
    locked = _lock(opinion)
    _refuse_stranger(locked, officer)
    if not rules.is_open(locked):
        raise Refused(_("Este dictamen ya no se escribe."), status=409)
    if locked.officer_id in (None, officer.pk):
        return locked
    before = locked.officer
    locked.officer = officer
    locked._history_user = officer
    locked.save()
    with in_spanish():
        notices.tell(
            kind="opinion-taken",
            key=f"opinion-taken:{locked.pk}:{timezone.now().isoformat()}",
            subject=_("Otra persona sigue con su dictamen: %(title)s") % {"title": locked.request.title},
            body=_("%(name)s tomó el borrador que usted tenía.") % {"name": officer},
            path=reverse("budgets:opinion", args=[locked.pk]),
            recipients=[before],
            group=Group.OFFICE,
        )
    return locked


# --- corrections -------------------------------------------------------------------------------------------------


@transaction.atomic
def correct_opinion(*, opinion: Opinion, officer, reason: str) -> Opinion:
    """Open the next version of what was issued, with a reason that will be public; it stays in force until the new one
    is issued. A draft that is open already is that one."""
    locked = _lock(opinion)
    _refuse_stranger(locked, officer)
    if not any(c.isalnum() for c in reason):
        raise Refused(_("Diga qué se corrige y por qué: su razón será pública."), status=400)
    if not rules.can_correct(officer, locked):
        raise Refused(_("Este dictamen ya no se puede corregir."), status=409)
    if rules.is_on_a_matrix(locked.request):
        raise Refused(_("La matriz de su asamblea ya está publicada: ya no cambia."), status=409)
    return open_version(locked, reason, officer=officer)


def open_version(issued: Opinion, reason: str, *, officer=None) -> Opinion:
    """A draft that begins with what was issued. The caller holds the request; the constraint, whoever does not."""
    same = {"request": issued.request, "kind": issued.kind}
    made = Opinion.objects.filter(**same, issued_at=None).first()
    if made is not None:
        return made
    draft = Opinion(
        **same,
        version=issued.version + 1,
        current=False,
        officer=officer,
        due=end_of_day_after(timezone.now(), settings.OPINION_DAYS),
        correction_reason=reason,
        **{name: getattr(issued, name) for name in FIELDS},
    )
    draft._history_user = officer
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        return Opinion.objects.get(**same, issued_at=None)
    return draft


@transaction.atomic
def discard_correction(*, opinion: Opinion, officer) -> None:
    """Nothing is corrected after all."""
    locked = _lock(opinion)
    _refuse_closed(locked, officer)
    if not rules.can_discard(officer, locked):
        raise Refused(_("Este dictamen se debe: no se puede descartar."), status=409)
    locked._history_user = officer
    locked.delete()


# --- conditions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def meet_condition(*, opinion: Opinion, officer, met_on: date) -> Opinion:
    """Its condition was met on that day; once all are, the request is feasible. Refused: 403, 409, 400 (a day to
    come), 409 (after its day: a new version may give it another one)."""
    locked = _lock(opinion)
    request = locked.request
    if not (rules.gives_opinion(officer, locked.kind, request) or rules.may_review(officer, request)):
        raise Refused(_("Esto lo registra quien puso la condición o la Administración Zonal."), status=403)
    if not rules.can_record_met(officer, locked):
        raise Refused(_("Este dictamen no espera ninguna condición."), status=409)
    if met_on > timezone.localdate():
        raise Refused(_("La condición no puede cumplirse en una fecha futura."), status=400)
    if met_on > locked.condition_due:
        raise Refused(
            _("Se cumplió después del plazo. Si debe tener otro, corrija el dictamen: su razón será pública."),
            status=409,
        )
    if rules.is_on_a_matrix(request):
        raise Refused(_("La matriz de su asamblea ya está publicada: ya no cambia."), status=409)
    locked.condition_met_on, locked.condition_expired_at = met_on, None
    locked._history_user = officer
    locked.save()
    touch(request)
    if not conclude(request, officer):
        _tell_met(locked, officer)
    return locked


def follow_conditions(now: datetime) -> int:
    """Conditions whose day has passed are marked, and the author and the followers told. How many."""
    lapsed = Opinion.objects.filter(
        current=True,
        issued_at__isnull=False,
        verdict=Verdict.CONDITIONAL,
        condition_met_on=None,
        condition_expired_at=None,
        condition_due__lt=timezone.localdate(now),
        request__status=Status.CONDITIONAL,
    )
    return sum(_expire(opinion, now) for opinion in lapsed.order_by("pk")[:500])


@transaction.atomic
def _expire(opinion: Opinion, now: datetime) -> int:
    locked = _lock(opinion)
    waits = locked.current and not locked.is_met and locked.request.status == Status.CONDITIONAL
    if not waits or locked.condition_expired_at or locked.condition_due >= timezone.localdate(now):
        return 0
    locked.condition_expired_at = now
    locked.save()
    touch(locked.request)
    _tell_expired(locked)
    return 1


# --- what follows from the three -------------------------------------------------------------------------------------


def verdict_of(opinions) -> str | None:
    """The state that three opinions give together, or None while one is missing or studied anew."""
    if {opinion.kind for opinion in opinions if opinion.issued_at} != set(Kind.values):
        return None
    if any(opinion.verdict == Verdict.NOT_FEASIBLE for opinion in opinions):
        return Status.NOT_FEASIBLE
    return Status.FEASIBLE if all(opinion.is_met for opinion in opinions) else Status.CONDITIONAL


def conclude(request: Request, officer=None) -> bool:
    """Move a request that the caller holds to what its opinions in force say together. Whether it moved."""
    if request.status not in {Status.STUDY, *rules.VERDICTS}:
        return False
    if request.status == Status.STUDY and request.opinions.filter(issued_at=None).exists():
        return False
    status = verdict_of(list(request.opinions.filter(current=True)))
    if status is None:
        return False
    _publish_visits(request)
    if status == request.status:
        return False
    move(request, status, by=officer)
    return True


def _publish_visits(request: Request) -> None:
    if FieldVisit.objects.filter(request=request, published_at=None).update(published_at=timezone.now()):
        place_files(request.pk)


def touch(request: Request) -> None:
    """The page of a request that the caller holds shows something new."""
    request.version += 1
    Request.objects.filter(pk=request.pk).update(version=request.version)
    live.changed(f"request:{request.pk}")


@in_spanish()
def _tell_issued(opinion: Opinion, officer) -> None:
    corrected = opinion.version > 1
    subject = (
        _("Cambió el dictamen %(kind)s: %(title)s") if corrected else _("Hay un dictamen %(kind)s: %(title)s")
    ) % {"kind": str(opinion.get_kind_display()).lower(), "title": opinion.request.title}
    body = f"{opinion.get_verdict_display()}. {opinion.reason}"
    if corrected:
        body += "\n\n" + _("Por qué cambió: %(reason)s") % {"reason": opinion.correction_reason}
    _tell(opinion, "opinion-corrected" if corrected else "opinion-issued", subject, body, exclude=[officer])


@in_spanish()
def _tell_met(opinion: Opinion, officer) -> None:
    subject = _("Se cumplió una condición: %(title)s") % {"title": opinion.request.title}
    _tell(opinion, "condition-met", subject, _("Todavía falta otra condición."), exclude=[officer])


@in_spanish()
def _tell_expired(opinion: Opinion) -> None:
    subject = _("Venció una condición: %(title)s") % {"title": opinion.request.title}
    body = _(
        "Hasta el %(due)s debía cumplirse: %(condition)s (%(who)s). No consta que se cumplió: la solicitud no llega "
        "a la asamblea. Si sí se cumplió a tiempo, avise a la Administración Zonal."
    ) % {"due": in_words(opinion.condition_due), "condition": opinion.condition, "who": opinion.condition_by}
    _tell(opinion, "condition-expired", subject, body)


def _tell(opinion: Opinion, kind: str, subject, body, exclude=()) -> None:
    if opinion.request.hidden:
        return
    tell_followers(
        opinion.request,
        kind=kind,
        key=f"{kind}:{opinion.pk}",
        subject=subject,
        body=body,
        path=f"{opinion.request.get_absolute_url()}#dictamenes",
        exclude=exclude,
    )
