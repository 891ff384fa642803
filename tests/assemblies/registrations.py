"""What a registration needs, and the steps to where a test begins."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from decide.assemblies import services
from decide.assemblies.models import Assembly, Objection
from decide.assemblies.services import Member, Person
from decide.images import clean_photo
from tests.factories import make_appointment, make_assembly, make_parish, make_session, make_user
from tests.proposals.files import jpeg

BOARD = [Member("Digna Ortiz", "Presidencia", "president", True), Member("Luis Toapanta", "Secretaría", "secretary")]


def paper(name="acta.jpg"):
    return SimpleUploadedFile(name, jpeg(), "image/jpeg")


def make_zonal(parish):
    """An officer of the zone of this parish."""
    return make_appointment(office="zonal", zone=parish.zone).holder


def values(**changed) -> dict:
    """What `apply_for_registration` takes."""
    return {
        "level": "neighbourhood",
        "name": "Asamblea barrial de San José",
        "parish": make_parish(),
        "neighbourhood": None,
        "neighbourhood_name": "San José",
        "extent": "Desde la quebrada hasta la avenida.",
        "founded_on": timezone.localdate() - timedelta(days=60),
        "board": BOARD,
        "minutes": clean_photo(paper()),
        "attendance_names": "Digna Ortiz\nLuis Toapanta\nReservado Quishpe",
        **changed,
    }


def apply(applicant=None, **changed) -> Assembly:
    return services.apply_for_registration(applicant=applicant or make_user(), **values(**changed))


def open_now(assembly: Assembly, officer=None) -> Assembly:
    """Open to objections."""
    return services.open_to_objections(officer=officer or make_zonal(assembly.parish), assembly=assembly)


def objected(assembly: Assembly, author=None, body="Ese barrio ya se reúne en otra casa.") -> Objection:
    return services.object_to(assembly=assembly, author=author or make_user(), body=body)


def period_over(assembly: Assembly) -> Assembly:
    """The same assembly, whose objections ended an hour ago."""
    Assembly.objects.filter(pk=assembly.pk).update(objections_until=timezone.now() - timedelta(hours=1))
    assembly.refresh_from_db()
    return assembly


def ready(officer=None, **changed) -> Assembly:
    """What only waits to be registered."""
    return period_over(open_now(apply(**changed), officer))


def register(**changed) -> Assembly:
    parish = changed.get("parish") or make_parish()
    officer = make_zonal(parish)
    return services.register_assembly(officer=officer, assembly=ready(officer, **changed), accounts_seen=True)


def held_session(assembly=None, days_ago=1):
    assembly = assembly or make_assembly("neighbourhood")
    return make_session(assembly, kind="election", status="held", starts_at=timezone.now() - timedelta(days=days_ago))


def pairs(*names) -> list:
    """`"Ana/Eva"` is a principal with an alternate, `"Ana"` one without."""
    split = [name.split("/") for name in names]
    return [(Person(p[0]), Person(p[1]) if len(p) > 1 else None) for p in split]
