"""A hall with delegates, as tests of sessions need it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from decide.assemblies import services
from decide.assemblies.models import Seat, Session
from tests import factories
from tests.factories import make_appointment, make_assembly, make_parish, make_seat, make_session, make_user


@dataclass
class Hall:
    """An open or called session of a parish assembly with its table and its delegates."""

    session: Session
    seats: list[Seat]
    secretary: object
    zonal: object

    def delegate(self, number: int):
        """The account of the principal of this seat."""
        return self.seats[number].principal.holder

    def alternate(self, number: int):
        return self.seats[number].alternate.holder

    def arrive(self, *numbers: int):
        for number in numbers:
            services.accredit(session=self.session, appointment=self.seats[number].principal, officer=self.secretary)

    def item(self, way="phones", status="waiting", **fields):
        item = services.add_item(session=self.session, title=fields.pop("title", "Adoquinado"), way=way, **fields)
        return services.open_item(item=item, officer=self.secretary) if status == "open" else item

    def count(self, item, votes: int):
        """The hands of an open item, entered by the secretary and confirmed by the zonal officer."""
        services.enter_hand_count(item=item, votes=votes, officer=self.secretary)
        services.confirm_hand_count(item=item, officer=self.zonal)


def make_hall(seats=4, present=None, status="open", parish=None, **fields) -> Hall:
    """`present`: how many of the principals are in the hall; all of them where nothing is said."""
    parish = parish or make_parish()
    assembly = make_assembly(parish=parish)
    sender = make_assembly("neighbourhood", parish=parish, parent=assembly, neighbourhood_name="San José")
    made = [make_seat(assembly, sender, make_user(display_name=f"Delegada {n}"), number=n + 1) for n in range(seats)]
    session = make_session(
        assembly,
        status="called",
        starts_at=timezone.now() - timedelta(minutes=10),
        door_code=f"puerta-{factories.number()}",
        **fields,
    )
    hall = Hall(
        session,
        made,
        make_appointment(make_user(display_name="Paulina E."), "secretary", parish=parish).holder,
        make_appointment(make_user(display_name="Marco R."), "zonal", zone=parish.zone).holder,
    )
    hall.arrive(*range(seats if present is None else present))
    if status == "open":
        hall.session = services.open_session(session=session, officer=hall.secretary)
    return hall
