"""Who represents whom: elected in a session, for a year, once more at most, replaced in everybody's sight."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.accounts import services as accounts
from decide.accounts.models import Appointment
from decide.assemblies import rules, services
from decide.assemblies.models import Seat, SeatChange
from decide.assemblies.services import Person
from decide.assemblies.services.seats import name_of
from decide.errors import Refused
from decide.notices.models import Notice
from tests.assemblies.registrations import held_session, make_zonal, pairs
from tests.factories import make_appointment, make_assembly, make_parish, make_session, make_user, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return make_assembly("neighbourhood")


@pytest.fixture
def officer(sender):
    return make_zonal(sender.parish)


def elect(by, sender, *names, days_ago=1, **kwargs):
    return services.elect_seats(by=by, session=held_session(sender, days_ago), elected=pairs(*names), **kwargs)


def refused(*args, **kwargs) -> tuple[int, str]:
    with pytest.raises(Refused) as refusal:
        elect(*args, **kwargs)
    return refusal.value.status, str(refusal.value.reason)


def test_elected_people_hold_the_office_of_the_assembly_above_for_a_year(sender, officer):
    seats = elect(officer, sender, "Ana Pillajo/Eva Chango", "Luis Tipán")

    held = timezone.localdate() - timedelta(days=1)
    assert [(s.number, s.starts, s.ends, s.term) for s in seats] == [
        (1, held, held + timedelta(days=364), 1),
        (2, held, held + timedelta(days=364), 1),
    ]
    first = seats[0]
    assert (first.assembly, first.sent_by) == (sender.parent, sender)
    assert [name_of(a) for a in (first.principal, first.alternate, seats[1].alternate)] == [
        "Ana Pillajo",
        "Eva Chango",
        "",
    ]
    office = first.principal
    assert (office.office, office.body, office.holder) == ("delegate", sender.parent.body, None)
    assert Notice.objects.get(recipient=officer).kind == "seats-elected"


def test_office_precedes_the_account_that_claims_it_with_a_printed_code(sender, officer):
    office = elect(officer, sender, "Ana Pillajo")[0].principal
    code = services.print_credential(officer=officer, assembly=sender.parent, appointment=office)
    ana, desk = make_user(), make_appointment(office="desk").holder

    accounts.claim_appointment(user=ana, code=code)
    accounts.confirm_claim(officer=desk, appointment=office, claimant=str(ana.public_id))

    seat = Seat.objects.get()
    assert (seat.principal.holder, name_of(seat.principal)) == (ana, "Ana Pillajo")


def test_each_level_sends_as_many_as_the_ordinance_says():
    parish = make_assembly(parish=make_parish(), parent=make_assembly("zone"))
    sent = [make_assembly("neighbourhood"), parish, parish.parent]
    assert [rules.seats_of(assembly) for assembly in sent] == [4, 10, 11]
    commune = make_assembly("commune", parent=parish)
    assert [rules.seats_of(assembly) for assembly in (commune, parish)] == [1, 11]


def test_seat_of_a_zone_is_an_office_of_that_zone_alone():
    zone = make_assembly("zone")
    parish = make_assembly(parish=make_parish(), parent=zone)
    office = elect(make_zonal(parish.parish), parish, "Ana Pillajo")[0].principal
    assert (office.body, office.zone) == (zone.body, zone.zone)


def test_what_cannot_be_elected_is_refused_with_its_reason(sender, officer):
    elect(officer, sender, "Ana/Eva", "Luis/Rosa", "Juan/Pía")
    other = make_assembly("neighbourhood", parent=sender.parent)
    cases = {
        "too many": refused(officer, sender, "Uno", "Dos"),
        "same person": refused(officer, other, "María Tipán/maria  tipan"),
        "twice": refused(officer, other, "María/Inés", "Inés"),
        "of another": refused(officer, other, "José/ana"),
        "without a name": refused(officer, other, "..."),
        "nobody": refused(officer, other),
        "over": refused(officer, other, "José", days_ago=400),
        "before the session": refused(officer, other, "José", starts=timezone.localdate() - timedelta(days=5)),
        "much later": refused(officer, other, "José", starts=timezone.localdate() + timedelta(days=900)),
    }
    assert {case: status for case, (status, _reason) in cases.items()} == {
        "too many": 409,
        "same person": 400,
        "twice": 400,
        "of another": 409,
        "without a name": 400,
        "nobody": 400,
        "over": 409,
        "before the session": 400,
        "much later": 400,
    }
    assert cases["too many"][1] == "Esta asamblea envía 4 representantes, y quedan 1 puestos libres."
    assert cases["of another"][1].startswith(f"ana ya ocupa un puesto en esa asamblea, por «{sender}»")
    assert Seat.objects.count() == 3


def test_session_that_was_only_called_elects_nobody(sender, officer):
    with pytest.raises(Refused) as refusal:
        services.elect_seats(by=officer, session=make_session(sender), elected=pairs("Ana"))
    assert refusal.value.status == 409


def test_two_people_of_one_name_are_told_apart_by_an_officer_only(sender, officer):
    elect(officer, sender, "Ana Pillajo")
    other = make_assembly("neighbourhood", parent=sender.parent)
    president = make_appointment(office="president", body=other.body).holder
    assert refused(president, other, "Ana Pillajo", namesakes=True)[0] == 403
    assert elect(officer, other, "Ana Pillajo", namesakes=True)


@pytest.mark.parametrize("who", ["zonal", "participation", "president", "secretary"])
def test_board_and_officers_record_elections(sender, who):
    place = {"zone": sender.parish.zone} if who == "zonal" else {"body": sender.body}
    place = {} if who == "participation" else place
    assert elect(make_appointment(office=who, **place).holder, sender, "Ana")


def test_nobody_else_records_elections(sender):
    other = make_assembly("neighbourhood", parent=sender.parent)
    for user in (
        make_user(verified=True),
        make_appointment(office="president", body=other.body).holder,
        make_appointment(office="delegate", body=sender.parent.body).holder,
        make_appointment(office="desk").holder,
        make_appointment(office="zonal", zone=make_zone("Otra")).holder,
    ):
        assert refused(user, sender, "Ana")[0] == 403


# --- re-election --------------------------------------------------------------------------------------------


def served(sender, name, term, years_ago=1, holder=None):
    """A seat of a former year: its term ended the day before the one of `years_ago - 1`."""
    starts = timezone.localdate() - timedelta(days=1 + 365 * years_ago)
    dates = {"starts": starts, "ends": starts + timedelta(days=364)}
    office = Appointment.objects.create(
        office="delegate", body=sender.parent.body, holder=holder, holder_name=name, **dates
    )
    return Seat.objects.create(assembly=sender.parent, sent_by=sender, number=1, term=term, principal=office, **dates)


def test_one_re_election_and_not_a_second(sender, officer):
    served(sender, "Ana Pillajo", term=1)
    (seat,) = elect(officer, sender, "ana pillajo")
    assert seat.term == 2


@pytest.mark.parametrize("names", ["Ana Pillajo", "Otra/Ana Pillajo"], ids=["principal", "alternate"])
def test_third_term_in_a_row_is_refused(sender, officer, names):
    served(sender, "Ana Pillajo", term=2)
    status, reason = refused(officer, sender, names)
    assert status == 409
    assert "reelegida" in reason


def test_after_a_whole_term_outside_one_begins_anew(sender, officer):
    served(sender, "Ana Pillajo", term=2, years_ago=2)
    assert elect(officer, sender, "Ana Pillajo")[0].term == 1


def test_account_is_known_again_under_another_name(sender, officer):
    ana = make_user()
    served(sender, "Ana Pillajo", term=2, holder=ana)
    session = held_session(sender)
    with pytest.raises(Refused):
        services.elect_seats(by=officer, session=session, elected=[(Person("A. Pillajo", ana), None)])
    namesake = Person("Ana Pillajo", make_user())
    assert services.elect_seats(by=officer, session=session, elected=[(namesake, None)])[0].term == 1


# --- leaving ------------------------------------------------------------------------------------------------


def test_alternate_takes_over_when_the_principal_leaves(sender, officer):
    (seat,) = elect(officer, sender, "Ana/Eva")
    services.leave_seat(by=officer, seat=seat, reason="Se mudó a otra ciudad.")

    seat.refresh_from_db()
    assert (name_of(seat.principal), seat.alternate) == ("Eva", None)
    change = SeatChange.objects.get()
    assert (name_of(change.left), name_of(change.took_over)) == ("Ana", "Eva")
    assert change.left.ends < timezone.localdate()

    services.leave_seat(by=officer, seat=seat, reason="Renunció.")
    assert not Seat.objects.current().exists()
    assert elect(officer, sender, "Inés", days_ago=0)[0].number == 1


def test_principal_resigns_by_themselves_and_nobody_else_s_seat_is_theirs(sender, officer):
    ana = make_user()
    session = held_session(sender)
    (seat,) = services.elect_seats(by=officer, session=session, elected=[(Person("Ana", ana), None)])
    for stranger in (make_user(), make_appointment(office="delegate", body=sender.parent.body).holder):
        with pytest.raises(Refused) as refusal:
            services.leave_seat(by=stranger, seat=seat, reason="Porque sí.")
        assert refusal.value.status == 403
    services.leave_seat(by=ana, seat=seat, reason="Renuncio.")
    with pytest.raises(Refused) as refusal:
        services.leave_seat(by=officer, seat=seat, alternate=True, reason="Tarde.")
    assert refusal.value.status == 409
