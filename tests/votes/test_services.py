"""Supports: one per residence, counted in the transaction that stores them."""

import random
from datetime import timedelta

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from decide.accounts.services import merge_residences
from decide.errors import Refused
from tests.factories import make_appointment, make_box, make_parish, make_residence, make_support, make_user
from votes import codes, live, rules, services
from votes.models import Intention, Support, SupportBox
from votes.signals import boxes_changed

pytestmark = pytest.mark.django_db


def figures(box) -> tuple[int, int]:
    box = SupportBox.objects.get(pk=box.pk)
    return box.supports, box.counted


def rows(box) -> tuple[int, int]:
    """What the counts of a box must be, by its rows."""
    supports = Support.objects.filter(box=box)
    return supports.count(), supports.filter(counted=True).count()


def statements(queries) -> list[str]:
    """What was asked of the database, without the brackets of transactions (BEGIN, SAVEPOINT, RELEASE, COMMIT)."""
    brackets = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return [q["sql"] for q in queries if not q["sql"].startswith(brackets)]


# --- thresholds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("population", "share", "threshold"),
    [
        (57_112, 0.0025, 143),  # 142.78 is rounded up
        (40_000, 0.0025, 100),  # exactly, whatever a float makes of it
        (40_001, 0.0025, 101),
        (10_000, 0.0025, 25),
        (900, 0.0025, 25),  # never below the minimum
        (1_000, 0.07, 70),  # as floats 0.07 × 1000 is 70.00000000000001
    ],
)
def test_threshold_of_a_parish_is_a_share_of_its_population(settings, population, share, threshold):
    settings.SUPPORT_THRESHOLD_SHARE = share
    assert services.threshold_for(make_parish(population_2010=population)) == threshold


def test_threshold_uses_the_newest_census_of_each_parish():
    old = make_parish("Antigua", population_2010=40_000)
    new = make_parish("Nueva", population_2010=40_000, population_2022=80_000)
    assert [services.threshold_for(old), services.threshold_for(new), services.threshold_for(None)] == [100, 200, 300]


def test_threshold_of_a_district_without_parishes_is_the_minimum():
    assert services.threshold_for(None) == 25


def test_open_box_has_the_threshold_of_its_scope():
    parish = make_parish(population_2010=40_000)
    box = services.open_box(scope=parish)
    assert (box.scope, box.threshold, box.supports, box.counted, box.open) == (parish, 100, 0, 0, True)


# --- supporting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "home", "counted"),
    [("La Argelia", "La Argelia", True), ("La Argelia", "Calderón", False), (None, "Calderón", True)],
)
def test_support_counts_for_residents_of_the_scope(scope, home, counted):
    box = make_box(scope and make_parish(scope))
    box, created = services.add_support(box=box, residence=make_residence(make_parish(home)))
    assert (created, box.supports, box.counted) == (True, 1, int(counted))
    assert figures(box) == rows(box) == (1, int(counted))


def test_support_twice_is_one_and_says_so():
    box, residence = make_box(), make_residence()
    first, created = services.add_support(box=box, residence=residence)
    again, created_again = services.add_support(box=box, residence=residence)
    assert (created, created_again) == (True, False)
    assert (again.supports, again.version) == (first.supports, first.version) == (1, 1)
    assert figures(box) == rows(box) == (1, 1)


def test_support_returned_is_the_box_as_stored():
    box = make_box()
    returned, _created = services.add_support(box=box, residence=make_residence())
    stored = SupportBox.objects.get(pk=box.pk)
    names = [field.attname for field in SupportBox._meta.concrete_fields]
    assert {n: getattr(returned, n) for n in names} == {n: getattr(stored, n) for n in names}


def test_support_at_a_desk_records_officer_and_code():
    box, officer = make_box(), make_user()
    digest = codes.digest(codes.make_code())
    services.add_support(box=box, residence=make_residence(), officer=officer, code=digest)
    support = Support.objects.get()
    assert (support.by_desk, support.desk_officer, support.code) == (True, officer, digest)


def test_support_takes_four_statements():
    box, residence = make_box(), make_residence()
    with CaptureQueriesContext(connection) as queries:
        services.add_support(box=box, residence=residence)
    kinds = [sql.split()[0] for sql in statements(queries.captured_queries)]
    assert kinds == ["SELECT", "SELECT", "INSERT", "UPDATE"]


def test_support_without_residence_is_refused_with_the_way_to_verify():
    with pytest.raises(Refused) as refused:
        services.add_support(box=make_box(), residence=None)
    assert refused.value.status == 403
    assert refused.value.way_out[0] == "/mi/residencia/"


def test_support_before_sixteen_is_refused_with_the_date():
    tomorrow = timezone.localdate() + timedelta(days=1)
    box = make_box()
    with pytest.raises(Refused) as refused, transaction.atomic():
        services.add_support(box=box, residence=make_residence(participates_from=tomorrow))
    assert refused.value.status == 403
    assert str(tomorrow.year) in str(refused.value.reason)
    assert figures(box) == rows(box) == (0, 0)


def test_support_on_the_very_birthday_is_possible():
    residence = make_residence(participates_from=timezone.localdate())
    assert services.add_support(box=make_box(), residence=residence)[1]


@pytest.mark.parametrize("act", [services.add_support, services.withdraw_support])
def test_closed_box_refuses(act):
    box, residence = make_box(), make_residence()
    make_support(box, residence)
    services.close_box(box=box)
    before = figures(box)
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(box=box, residence=residence)
    assert refused.value.status == 409
    assert figures(box) == rows(box) == before == (1, 1)


def test_closing_twice_changes_nothing():
    box = make_box()
    closed = services.close_box(box=box)
    again = services.close_box(box=box)
    assert (closed.open, closed.version) == (again.open, again.version) == (False, 1)
    assert closed.closed_at == again.closed_at


def test_withdrawing_is_idempotent():
    box, residence = make_box(), make_residence()
    make_support(box, residence)
    box, removed = services.withdraw_support(box=box, residence=residence)
    box, removed_again = services.withdraw_support(box=box, residence=residence)
    assert (removed, removed_again, box.supports, box.counted) == (True, False, 0, 0)
    assert figures(box) == rows(box) == (0, 0)


def test_withdrawing_takes_what_was_counted_then_not_what_would_count_now():
    home, other = make_parish("La Argelia"), make_parish("Calderón")
    box, residence = make_box(home), make_residence(other)
    make_support(box, residence)
    residence.parish = home  # moved since
    residence.save()
    services.withdraw_support(box=box, residence=residence)
    assert figures(box) == rows(box) == (0, 0)


def test_constraint_keeps_the_promise_without_the_service():
    box, residence = make_box(), make_residence()
    Support.objects.create(box=box, residence=residence, counted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Support.objects.create(box=box, residence=residence, counted=True)


# --- a history against a model -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_any_history_leaves_the_counts_of_a_model(seed):
    """Supports, withdrawals, erasures, moves and merges in any order: counts equal rows, rows equal the model."""
    chance = random.Random(seed)
    homes = [make_parish("La Argelia"), make_parish("Calderón")]
    boxes = [make_box(scope) for scope in (homes[0], homes[1], None)]
    people = [make_user(verified=True, parish=chance.choice(homes)) for _n in range(6)]
    model = {box.pk: {} for box in boxes}  # box → {residence: counted}
    versions = {box.pk: 0 for box in boxes}
    for _step in range(60):
        user, box = chance.choice(people), chance.choice(boxes)
        residence = user.residence
        act = chance.choices(["add", "withdraw", "erase", "move"], [6, 4, 1, 1])[0]
        if act == "add":
            _box, created = services.add_support(box=box, residence=residence)
            assert created == (residence.pk not in model[box.pk])
            model[box.pk].setdefault(residence.pk, box.scope_id in (None, residence.parish_id))
        elif act == "withdraw":
            _box, removed = services.withdraw_support(box=box, residence=residence)
            assert removed == (model[box.pk].pop(residence.pk, None) is not None)
        elif act == "erase":
            services.erase_own(user)
            for supporters in model.values():
                supporters.pop(residence.pk, None)
        else:
            residence.parish = chance.choice(homes)
            residence.save()
        for box in boxes:
            own = model[box.pk]
            assert figures(box) == rows(box) == (len(own), sum(own.values()))
            version = SupportBox.objects.get(pk=box.pk).version
            assert version >= versions[box.pk]
            versions[box.pk] = version


# --- intentions -----------------------------------------------------------------------------------------------


def test_intention_is_kept_once_and_counts_for_nothing():
    box, user = make_box(), make_user()
    services.keep_intention(user=user, box=box)
    services.keep_intention(user=user, box=box)
    assert list(Intention.objects.values_list("user", "box")) == [(user.pk, box.pk)]
    assert figures(box) == (0, 0)


def test_intention_for_a_closed_box_is_not_kept():
    services.keep_intention(user=make_user(), box=make_box(open=False))
    assert not Intention.objects.exists()


def test_intentions_older_than_thirty_days_are_dropped():
    now, user = timezone.now(), make_user()
    ages = [timedelta(days=29, hours=23), timedelta(days=30, seconds=1), timedelta(days=60)]
    kept = [Intention.objects.create(user=user, box=make_box(), created=now - age) for age in ages]
    assert services.drop_old_intentions(now) == 2
    assert services.drop_old_intentions(now) == 0
    assert list(Intention.objects.all()) == kept[:1]


# --- own data -----------------------------------------------------------------------------------------------


def test_erasing_withdraws_everywhere_and_tells_the_owners(django_capture_on_commit_callbacks):
    home, other = make_parish("La Argelia"), make_parish("Calderón")
    user, neighbour = make_user(verified=True, parish=home), make_residence(home)
    counted, shown, closed, foreign = make_box(home), make_box(other), make_box(home), make_box(home)
    for box in (counted, shown, closed):
        make_support(box, user.residence)
    for box in (counted, foreign):
        make_support(box, neighbour)
    services.close_box(box=closed)
    services.keep_intention(user=user, box=foreign)
    told = []
    boxes_changed.connect(lambda sender, boxes, **kw: told.extend(boxes), weak=False, dispatch_uid="test")
    services.erase_own(user)
    boxes_changed.disconnect(dispatch_uid="test")
    assert [figures(b) for b in (counted, shown, closed, foreign)] == [(1, 1), (0, 0), (0, 0), (1, 1)]
    assert all(figures(b) == rows(b) for b in (counted, shown, closed, foreign))
    assert set(told) == {counted.pk, shown.pk, closed.pk}
    assert not Intention.objects.exists()


def test_erasing_costs_one_statement_for_each_box():
    user = make_user(verified=True)
    for _n in range(5):
        make_support(make_box(), user.residence)
    with CaptureQueriesContext(connection) as queries:
        services.erase_own(user)
    updates = [sql for sql in statements(queries.captured_queries) if sql.startswith("UPDATE")]
    assert len(updates) == 5


def test_erasing_somebody_unverified_leaves_everybody_elses():
    box = make_box()
    make_support(box)
    services.erase_own(make_user())
    assert figures(box) == rows(box) == (1, 1)


def test_export_says_what_is_supported_and_nothing_of_others():
    user, box = make_user(verified=True), make_box()
    make_support(box)
    make_support(box, user.residence)
    services.keep_intention(user=user, box=make_box())
    own = services.export_own(user)
    assert [s["box"] for s in own["supports"]] == [box.pk]
    assert len(own["intentions"]) == 1
    assert services.export_own(make_user()) == {"supports": [], "intentions": [], "voted": []}


def test_merged_residences_keep_one_support_of_each_box():
    officer = make_appointment(office="desk").holder
    keep, drop = make_residence(), make_residence()
    both, only, none = make_box(), make_box(), make_box()
    make_support(both, keep)
    make_support(both, drop)
    make_support(only, drop)
    make_support(none)
    merge_residences(officer=officer, keep=keep, drop=drop)
    assert [figures(b) for b in (both, only, none)] == [(1, 1)] * 3
    assert all(figures(b) == rows(b) for b in (both, only, none))
    assert set(Support.objects.filter(residence=keep).values_list("box", flat=True)) == {both.pk, only.pk}


# --- live, codes, administration -------------------------------------------------------------------------------


def test_states_are_of_public_boxes_only():
    scope = make_parish()
    used = make_box(scope, threshold=143)
    make_support(used)
    make_support(used, make_residence(make_parish("Calderón")))
    fresh, draft = make_box(), make_box(open=False)
    ended = services.close_box(box=make_box())
    assert live.box_states([used.pk, fresh.pk, draft.pk, ended.pk, 10**9]) == {
        used.pk: (2, {"supports": 2, "counted": 1, "threshold": 143}),
        fresh.pk: (0, {"supports": 0, "counted": 0, "threshold": 25}),
        ended.pk: (1, {"supports": 0, "counted": 0, "threshold": 25}),
    }


def test_states_are_read_in_one_query(django_assert_num_queries):
    boxes = [make_box().pk for _n in range(20)]
    with django_assert_num_queries(1):
        live.box_states(boxes)


def test_code_is_unguessable_and_forgiving():
    made = {codes.make_code() for _n in range(200)}
    assert len(made) == 200
    assert all(len(code.replace("-", "")) == 12 for code in made)
    code = made.pop()
    variants = [code, code.lower(), code.replace("-", ""), f" {code} ".replace("-", " ")]
    assert {codes.digest(v) for v in variants} == {codes.digest(code)}
    assert len(codes.digest(code)) == 16
    assert code.replace("-", "") not in codes.digest(code)
    assert codes.digest(code) != codes.digest(codes.make_code())


def test_code_has_at_least_fifty_bits():
    from math import log2

    from decide.accounts.keys import CODE_ALPHABET

    assert 12 * log2(len(set(CODE_ALPHABET))) >= 50
    assert not set(CODE_ALPHABET) & set("01OIL")


def test_administration_cannot_change_a_count():
    admin = site._registry[SupportBox]
    request = type("Request", (), {"user": make_user(is_staff=True, is_superuser=True)})()
    assert [
        admin.has_add_permission(request),
        admin.has_change_permission(request),
        admin.has_delete_permission(request),
    ] == [False] * 3
    assert Support not in site._registry
    assert Intention not in site._registry


def test_obstacle_is_asked_without_a_query(django_assert_num_queries):
    residence, box = make_residence(), make_box()
    with django_assert_num_queries(0):
        assert rules.obstacle(residence) is None
        assert rules.counts_in(box, residence)
    assert AnonymousUser().is_authenticated is False
