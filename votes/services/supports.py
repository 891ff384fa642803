"""The only writes of the supports.

Lock order, everywhere: the residence, then the box (several boxes: by id), then what owns it, then supports; accounts
only so that others may refer to them (`no_key`) until the boxes are held. Whoever changes a count or ends a box holds
the box's row until the commit, so the count equals the rows and "this support reached the threshold" is true for
exactly one. On PostgreSQL that is `FOR NO KEY UPDATE`, which lets others refer to the box meanwhile; on SQLite the
immediate transaction does it. The unique constraint says "one per residence" by itself.
Signing and withdrawing are part of the caller's transaction (no savepoint): what they refuse ends it.
"""

from datetime import datetime
from fractions import Fraction
from math import ceil

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from decide import live
from decide.accounts.models import Residence
from decide.errors import Refused
from decide.territory.models import Parish
from votes import rules
from votes.models import Intention, Poll, Support, SupportBox
from votes.signals import boxes_changed


def threshold_for(parish: Parish | None) -> int:
    """Supports that are needed: SUPPORT_THRESHOLD_SHARE of the population of the scope, rounded up, and never less
    than SUPPORT_THRESHOLD_MINIMUM. The District's population is the sum of its parishes'."""
    if parish is None:
        population = Parish.objects.aggregate(n=Sum(Coalesce("population_2022", "population_2010")))["n"] or 0
    else:
        population = parish.population
    # A fraction of the share as it is written: 0.0025 × 40,000 is 100, not 100.00000000000001.
    return max(settings.SUPPORT_THRESHOLD_MINIMUM, ceil(Fraction(str(settings.SUPPORT_THRESHOLD_SHARE)) * population))


def open_box(*, scope: Parish | None) -> SupportBox:
    """A box for what residents of `scope` (None: the whole District) decide about."""
    return SupportBox.objects.create(scope=scope, threshold=threshold_for(scope))


@transaction.atomic(savepoint=False)
def add_support(
    *, box: SupportBox, residence: Residence | None, officer=None, code: str | None = None
) -> tuple[SupportBox, bool]:
    """Sign: `(the box as it is now, whether this made a support)`; who signed already changes nothing.

    `officer` and `code` (a digest of votes.codes): filed at a desk for a person who is present. Four statements.
    Raises Refused: 403 without a verified residence or before the age of 16, 409 when the box is closed.
    """
    if refusal := rules.obstacle(residence):
        raise refusal
    _hold(residence)
    box = lock_open_box(box)
    support = Support(
        box=box,
        residence=residence,
        counted=rules.counts_in(box, residence),
        desk_officer=officer,
        by_desk=officer is not None,
        code=code,
    )
    created = _insert(support)
    if created:
        _count(box, supports=1, counted=int(support.counted))
    return box, created


@transaction.atomic(savepoint=False)
def withdraw_support(*, box: SupportBox, residence: Residence) -> tuple[SupportBox, bool]:
    """Take a support back: `(the box as it is now, whether there was one)`. Also forgets the intention to support.

    Raises Refused (409) when the box is closed.
    """
    box = lock_open_box(box)
    support = Support.objects.filter(box=box, residence=residence).first()
    Intention.objects.filter(box=box, user__residence=residence).delete()
    if support:
        support.delete()
        _count(box, supports=-1, counted=-int(support.counted))
    return box, support is not None


@transaction.atomic
def close_box(*, box: SupportBox) -> SupportBox:
    """End a box: nobody signs or withdraws any more. Closing twice changes nothing."""
    closing = {"open": False, "closed_at": timezone.now(), "version": F("version") + 1}
    if SupportBox.objects.filter(pk=box.pk, open=True).update(**closing):
        live.changed(f"support:{box.pk}")
    box.refresh_from_db()
    return box


@transaction.atomic
def hide_box(*, box: SupportBox, hidden: bool) -> None:
    """What is supported here was hidden, or is shown again: meanwhile nobody signs, and its watchers see it gone."""
    SupportBox.objects.filter(pk=box.pk).update(hidden=hidden, version=F("version") + 1)
    live.changed(f"support:{box.pk}")


def lock_open_box(box: SupportBox) -> SupportBox:
    """The box as it is now, locked until the transaction ends. Raises Refused: 409 when closed, 404 when hidden."""
    locked = SupportBox.objects.select_for_update(no_key=True).get(pk=box.pk)
    if locked.hidden:
        raise Refused(_("Lo que usted busca no existe o ya no se muestra."), status=404)
    if not locked.open:
        raise Refused(_("Ya no se reciben ni se retiran apoyos aquí."), status=409)
    return locked


def lock_boxes(boxes) -> dict[int, SupportBox]:
    """These boxes (ids, or a query for them), locked by id until the transaction ends."""
    locked = SupportBox.objects.select_for_update(no_key=True).filter(pk__in=boxes)
    return {box.pk: box for box in locked.order_by("pk")}


def boxes_of(user) -> set[int]:
    """The ids of the boxes in which a person signed."""
    if not user.residence_id:
        return set()
    return set(Support.objects.filter(residence=user.residence_id).values_list("box_id", flat=True))


def _hold(residence: Residence) -> None:
    """The residence stays as it is until the transaction ends; many may hold it. Raises Refused (409) if it was merged.

    PostgreSQL takes this lock by itself, but only when the foreign key is checked, at the commit: after the box, so
    that merging two residences (which holds them and waits for the box) would meet it in the other order.
    """
    shared = "FOR KEY SHARE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {Residence._meta.db_table} WHERE id = %s {shared}", [residence.pk])
        if not cursor.fetchone():
            raise Refused(_("Su verificación cambió hace un momento. Vuelva a intentarlo."), status=409)


def _insert(support: Support) -> bool:
    """Whether a row was written; False where this residence has signed. The ORM ignores conflicts in silence."""
    fields = [field for field in Support._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = [field.get_db_prep_save(getattr(support, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Support._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))}) "
            "ON CONFLICT (box_id, residence_id) DO NOTHING",
            values,
        )
        return cursor.rowcount == 1


def _count(box: SupportBox, *, supports: int, counted: int) -> None:
    """Change the counts of a locked box, in the row and in `box`, and tell its watchers after the commit."""
    SupportBox.objects.filter(pk=box.pk).update(
        supports=F("supports") + supports, counted=F("counted") + counted, version=F("version") + 1
    )
    box.supports += supports
    box.counted += counted
    box.version += 1
    live.changed(f"support:{box.pk}")


# --- intentions: taps that do not count yet ---------------------------------------------------------------


def keep_intention(*, user, box: SupportBox) -> None:
    """Keep the tap of somebody who is not verified yet, for INTENTION_PERIOD. Tapping again changes nothing."""
    keep_intentions(user=user, taps={box.pk: timezone.now()})


def keep_intentions(*, user, taps: dict[int, datetime]) -> None:
    """Keep taps, `{box id: when}`, of boxes that are open; the first of each stays."""
    open_boxes = SupportBox.objects.filter(pk__in=taps, open=True).values_list("pk", flat=True)
    Intention.objects.bulk_create(
        [Intention(user=user, box_id=pk, created=taps[pk]) for pk in sorted(open_boxes)], ignore_conflicts=True
    )


def drop_intentions(*, user, boxes) -> int:
    """Forget the intentions of a person for these boxes (ids). Returns how many."""
    return Intention.objects.filter(user=user, box__in=boxes).delete()[0]


def drop_old_intentions(now: datetime) -> int:
    """Forget intentions that nobody confirmed within INTENTION_PERIOD. Returns how many."""
    return Intention.objects.filter(created__lt=now - settings.INTENTION_PERIOD).delete()[0]


# --- one person's own ---------------------------------------------------------------------------------------


def export_own(user) -> dict:
    """What a person supports or meant to support, by box; its owner's room says what stands in the box.

    And in which polls they appear as having voted: when and what is kept nowhere beside a person.
    """
    voted = (
        Poll.objects.filter(participations__residence=user.residence_id) if user.residence_id else Poll.objects.none()
    )
    supports = Support.objects.filter(residence=user.residence_id) if user.residence_id else Support.objects.none()
    return {
        "supports": [
            {"box": s.box_id, "since": s.created.isoformat(), "counts": s.counted, "at_a_desk": s.by_desk}
            for s in supports.order_by("created", "pk")
        ],
        "intentions": [
            {"box": i.box_id, "since": i.created.isoformat()} for i in user.intentions.order_by("created", "pk")
        ],
        "voted": [{"poll": poll.pk, "title": poll.title} for poll in voted.order_by("pk")],
    }


@transaction.atomic
def erase_own(user) -> None:
    """Withdraw every support of a person, from closed boxes too, and forget their intentions.

    One statement for each box lowers its counts. The residence stays, without supports; that it voted stays too, and
    its ballot: otherwise a new account would vote again.
    """
    Intention.objects.filter(user=user).delete()
    if user.residence_id:
        _remove(Support.objects.filter(residence=user.residence_id))


def _remove(supports) -> None:
    """Delete supports and lower the counts of their boxes, which are locked first, by id."""
    locked = lock_boxes(set(supports.values_list("box_id", flat=True)))
    # Read again under the locks: what was withdrawn meanwhile is not withdrawn twice.
    supports = supports.filter(box__in=locked)
    rows = supports.values("box_id").annotate(n=Count("pk"), n_counted=Count("pk", filter=Q(counted=True)))
    lost = [(row["box_id"], row["n"], row["n_counted"]) for row in rows.order_by("box_id")]
    supports.delete()
    for pk, supported, counted in lost:
        _count(locked[pk], supports=-supported, counted=-counted)
    if lost:
        boxes_changed.send(sender=SupportBox, boxes=[pk for pk, *_rest in lost])


@transaction.atomic
def merge_supports(sender, keep: Residence, drop: Residence, **kwargs) -> None:
    """Two residences are one person: of two supports in one box the kept residence's stays, the others pass to it."""
    both = Support.objects.filter(residence=drop, box__in=Support.objects.filter(residence=keep).values("box"))
    _remove(both)
    Support.objects.filter(residence=drop).update(residence=keep)
