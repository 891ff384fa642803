"""Verifying: once per person, whatever happens at the same time, under whichever pepper."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from decide.accounts import keys, services
from decide.accounts.models import DocumentKey, Residence, User, VerificationAttempt
from decide.accounts.services import verification
from decide.errors import Refused
from tests.accounts.conftest import BORN, CEDULA, OTHER_CEDULA
from tests.accounts.test_keys import V1, V2
from tests.factories import make_appointment, make_box, make_parish, make_support, make_user

pytestmark = pytest.mark.django_db


def verify(user, cedula=CEDULA, born=BORN):
    return services.verify_by_register(user=user, cedula=cedula, birth_date=born)


def refusal(user, cedula=CEDULA, born=BORN):
    with pytest.raises(Refused) as refused:
        verify(user, cedula, born)
    return refused.value.status, str(refused.value.reason)


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        (date(2010, 11, 23), date(2026, 11, 22), date(2026, 11, 23)),
        (date(2010, 11, 22), date(2026, 11, 22), date(2026, 11, 22)),
        (date(2012, 2, 29), date(2026, 11, 22), date(2028, 2, 29)),
        (date(1968, 5, 17), date(2026, 11, 22), date(2026, 11, 22)),  # an adult's date of birth cannot be read
        (date(2084, 2, 29), date(2090, 1, 1), date(2100, 3, 1)),  # 2100 has no 29 February
    ],
)
def test_participates_from(born, today, expected):
    assert services.participates_from(born, today=today) == expected


def test_participates_from_after_29_february_in_a_common_year(settings):
    settings.PARTICIPATION_AGE = 15
    assert services.participates_from(date(2012, 2, 29), today=date(2026, 1, 1)) == date(2027, 3, 1)


def test_verify_by_register(register):
    parish = register().parish
    user = make_user()
    residence = verify(user, "170000001-9")
    assert User.objects.get(pk=user.pk).residence == residence
    assert (residence.parish, residence.level, residence.verified_by) == (parish, "register", None)
    assert set(residence.document_keys.values_list("kind", "country", "key")) == {
        ("cedula", "EC", keys.document_keys("cedula", "EC", CEDULA)[0])
    }
    assert verify(user) == residence  # twice is once


def test_same_answer_for_unknown_wrong_date_and_already_used(register):
    register()
    verify(make_user())
    register(OTHER_CEDULA)
    answers = {
        refusal(make_user(), "2400000036"),
        refusal(make_user(), OTHER_CEDULA, date(1990, 1, 1)),
        refusal(make_user(), CEDULA),
        refusal(make_user(), CEDULA, date(1990, 1, 1)),
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 400


def test_same_number_of_queries_for_unknown_and_already_used(register, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    register()
    verify(make_user())
    counts = []
    for cedula in (CEDULA, "2400000036"):
        user = make_user()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            refusal(user, cedula)
        counts.append(len(queries))
    # One more where the residence exists: whose account it is.
    assert counts[0] - counts[1] in (0, 1)


def test_account_verified_already_is_told_so(register):
    register()
    register(OTHER_CEDULA)
    user = make_user()
    verify(user)
    assert refusal(user, OTHER_CEDULA)[0] == 409


def test_five_tries_an_hour_by_account(register, settings):
    user = make_user()
    numbers = ["0100000025", "2400000036", "3000000046", "1759999996", "1700000027"]
    assert [refusal(user, n)[0] for n in numbers[:4]] == [400] * 4
    assert refusal(user, "0100000025")[0] == 400
    register()
    assert refusal(user)[0] == 429
    VerificationAttempt.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert verify(user)


def test_five_tries_an_hour_by_document_whoever_tries(register):
    register()
    for _i in range(5):
        assert refusal(make_user(), CEDULA, date(1990, 1, 1))[0] == 400
    assert refusal(make_user())[0] == 429
    assert VerificationAttempt.objects.count() == 5  # beyond the limit nothing is added: waiting helps


def test_tries_survive_a_rollback():
    user = make_user()
    refusal(user)
    assert VerificationAttempt.objects.filter(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_verification_inside_a_transaction_is_refused_since_the_try_could_be_rolled_back():
    user = make_user()
    with pytest.raises(RuntimeError), transaction.atomic():
        verify(user)


def test_drop_old_attempts():
    user = make_user()
    VerificationAttempt.objects.create(user=user, document_key="v1:a", at=timezone.now() - timedelta(hours=25))
    VerificationAttempt.objects.create(user=user, document_key="v1:a")
    assert services.drop_old_attempts(timezone.now()) == 1
    assert VerificationAttempt.objects.count() == 1


# --- rotation of peppers ------------------------------------------------------------------------------------


def test_rotation_cannot_verify_a_person_twice(register, settings):
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    register()
    first = verify(make_user())
    settings.RESIDENCE_PEPPERS = {"v2": V2, "v1": V1}
    assert services.find_residence(kind="cedula", country="EC", number=CEDULA) == first
    assert refusal(make_user())[0] == 400
    assert Residence.objects.count() == 1


def test_rotation_race_old_process_knows_only_v1(register, settings):
    """A new process (v2 and v1) verifies first; an old one (v1 alone) meets the same constraint, and the reverse."""
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    register()
    settings.RESIDENCE_PEPPERS = {"v2": V2, "v1": V1}
    verify(make_user())
    assert DocumentKey.objects.count() == 2
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    assert refusal(make_user())[0] == 400
    assert Residence.objects.count() == 1


def test_rotation_writes_the_missing_version_when_the_person_comes_back(register, settings):
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    register()
    user = make_user()
    residence = verify(user)
    settings.RESIDENCE_PEPPERS = {"v2": V2, "v1": V1}
    officer = make_appointment(office="desk").holder
    desk(officer, parish=residence.parish, user=user)
    assert {k[:2] for k in residence.document_keys.values_list("key", flat=True)} == {"v1", "v2"}


def test_pepper_gone_too_early_stops_verification(register, settings):
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    register()
    verify(make_user())
    settings.RESIDENCE_PEPPERS = {"v2": V2}
    assert refusal(make_user())[0] == 503
    assert Residence.objects.count() == 1


# --- the desk -------------------------------------------------------------------------------------------------


def desk(officer, *, kind="cedula", country="EC", number=CEDULA, born=BORN, parish=None, user=None):
    return services.verify_at_desk(
        officer=officer,
        kind=kind,
        country=country,
        number=number,
        birth_date=born,
        parish=parish or make_parish(),
        user=user,
    )


@pytest.fixture
def officer():
    return make_appointment(office="desk").holder


@pytest.mark.parametrize(
    ("kind", "country", "number", "kept"),
    [
        ("cedula", "EC", CEDULA, ("cedula", "EC")),
        ("passport", "co", "AB123456", ("passport", "CO")),
        ("refugee", "", "R-2291", ("refugee", "EC")),
    ],
)
def test_desk_verifies_without_account(officer, kind, country, number, kept):
    residence = desk(officer, kind=kind, country=country, number=number)
    assert (residence.level, residence.verified_by) == ("desk", officer)
    assert set(residence.document_keys.values_list("kind", "country")) == {kept}
    assert services.find_residence(kind=kind, country=country, number=number) == residence
    assert desk(officer, kind=kind, country=country, number=number) == residence


def test_desk_gives_the_account_later(officer, register):
    residence = desk(officer)
    user = make_user()
    assert desk(officer, user=user) == residence
    assert User.objects.get(pk=user.pk).residence == residence


def test_person_verified_at_a_desk_takes_up_the_residence_online(officer, register):
    elsewhere = make_parish("Calderón")
    residence = desk(officer, parish=elsewhere)
    register()
    assert verify(make_user()) == residence
    assert Residence.objects.get().parish == elsewhere


def test_desk_refuses_a_second_account(officer):
    desk(officer, user=make_user())
    with pytest.raises(Refused) as refused:
        desk(officer, user=make_user())
    assert refused.value.status == 409


def test_desk_refuses_officers_verifying_themselves_and_everybody_else(officer):
    for who, user in ((officer, officer), (make_user(), None), (make_appointment(office="moderator").holder, None)):
        with pytest.raises(Refused) as refused:
            desk(who, user=user)
        assert refused.value.status == 403
    assert Residence.objects.count() == 0


def test_officer_does_not_move_themselves_by_leaving_their_account_out(officer):
    colleague, here = make_appointment(office="desk").holder, make_parish()
    desk(colleague, user=officer, parish=here)
    with pytest.raises(Refused) as refused:
        desk(officer, parish=make_parish("Calderón"))
    assert (refused.value.status, Residence.objects.get().parish) == (403, here)


def test_desk_adds_a_second_document_of_the_account(officer):
    user = make_user()
    residence = desk(officer, user=user)
    assert desk(officer, kind="passport", country="CO", number="AB123456", user=user) == residence
    assert residence.document_keys.count() == 2


def test_move_is_written_with_its_history(officer):
    residence = desk(officer)
    there = make_parish("Calderón")
    services.change_parish(officer=officer, residence=residence, parish=there)
    assert Residence.objects.get().parish == there
    assert [row.parish.name for row in residence.history.order_by("pk")] == ["La Argelia", "Calderón"]


def test_second_document_joins_two_residences(officer):
    user = make_user()
    keep = desk(officer, user=user)
    desk(officer, kind="passport", country="CO", number="AB123456")
    merged = services.add_document(officer=officer, residence=keep, kind="passport", country="CO", number="AB123456")
    assert merged == keep
    assert Residence.objects.get() == keep
    assert keep.document_keys.count() == 2


def test_joined_residences_keep_one_support_of_each_box(officer):
    keep, drop = desk(officer), desk(officer, kind="passport", country="CO", number="AB123456")
    both, only = make_box(), make_box()
    make_support(both, keep)
    make_support(both, drop)
    make_support(only, drop)
    services.add_document(officer=officer, residence=keep, kind="passport", country="CO", number="AB123456")
    for box in (both, only):
        box.refresh_from_db()
        assert (box.supports, box.counted) == (1, 1)
        assert [s.residence for s in box.all_supports.all()] == [keep]


def test_merging_two_accounts_is_refused(officer):
    keep = desk(officer, user=make_user())
    desk(officer, kind="passport", country="CO", number="AB123456", user=make_user())
    with pytest.raises(Refused):
        services.add_document(officer=officer, residence=keep, kind="passport", country="CO", number="AB123456")
    assert Residence.objects.count() == 2


def test_young_person_is_verified_and_waits_for_the_birthday(register):
    born = timezone.localdate().replace(day=1) - timedelta(days=365 * 15)
    register(born=born)
    residence = verify(make_user(), born=born)
    assert not residence.old_enough()
    assert residence.participates_from == verification.participates_from(born) > timezone.localdate()
