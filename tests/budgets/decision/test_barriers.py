"""axe, 320 px and both colour schemes over the pages of an assembly that decides: its hall, its table, its decision."""

import pytest

from tests.browser.barriers import Glasses, Visitor
from tests.budgets.decision.parishes import KINDS, make_place
from tests.factories import make_assembly, make_opinion, make_request, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def pages():
    """(where, html), from the preparation to the minutes, as officers, a delegate and nobody."""
    place = make_place(status="called", present=2)
    session, parish = f"/asambleas/sesiones/{place.hall.session.pk}/", place.decision.parish
    table, delegate, nobody = Visitor(place.secretary), Visitor(place.hall.delegate(0)), Visitor()
    zonal = Visitor(place.zonal)
    make_session(make_assembly(parish=parish), kind="budget")  # to decide in another one
    yield "desk of the zone", zonal.html(f"/presupuestos/escritorio/2027/zona/{parish.zone.slug}/")
    yield "preparing", zonal.html(f"{place.page}preparar/")
    yield "preparing, wrong", zonal.html(f"{place.page}preparar/", {"rule": "borda"})
    yield "not fixed", zonal.html(place.page)
    place.fix(ways=["phones", "hands", "hands"])
    yield "fixed", zonal.html(place.page)
    yield "advisory poll", zonal.html(f"{place.page}consulta/")
    yield "advisory poll, wrong", zonal.html(f"{place.page}consulta/", {})
    yield "paper", table.html(f"{place.page}papel/")
    yield "files", table.html(f"{place.page}archivos/")
    yield "door", table.html(f"{session}asistencia/")
    yield "QR", Visitor(place.hall.delegate(3)).html(f"{session}puerta/{place.hall.session.door_code}/")
    place.hall.arrive(2, 3, 4, 5)
    table.client.post(f"{session}mesa/instalar/")
    by_phones, by_hands, third = place.items()
    table.client.post(f"{session}mesa/puntos/{by_phones.pk}/abrir/")
    yield "voting", delegate.html(f"{session}votar/")
    delegate.client.post(f"{session}votar/{by_phones.pk}/marcar/")
    yield "voted", delegate.html(f"{session}votar/")
    yield "table, phones", table.html(f"{session}mesa/")
    yield "wall", nobody.html(f"{session}pantalla/")
    table.client.post(f"{session}mesa/puntos/{by_phones.pk}/cerrar/")
    for item, votes in ((by_hands, 5), (third, 2)):
        table.client.post(f"{session}mesa/puntos/{item.pk}/abrir/")
        table.client.post(f"{session}mesa/puntos/{item.pk}/manos/", {"votes": votes})
        yield "table, hands", zonal.html(f"{session}mesa/")
        zonal.client.post(f"{session}mesa/puntos/{item.pk}/confirmar/")
    table.client.post(f"{place.page}decidir/")
    table.client.post(f"{session}mesa/clausurar/", {"seguro": "si"})
    yield "minutes in preparation", table.html(f"{session}acta/borrador/")
    for officer in (table, zonal):
        officer.client.post(f"{session}acta/cerrar/", {"seguro": "si"})
    for where in (place.page, f"{session}acta/", session, f"/presupuestos/2027/{parish.slug}/"):
        yield where, nobody.html(where)
    asked = make_request(status="not_feasible", parish=parish, communal_land=True)
    for kind in KINDS:
        make_opinion(asked, kind, verdict="not_feasible")
    author, path = Visitor(asked.author), f"/presupuestos/solicitudes/{asked.pk}/"
    yield "asking to look again", author.html(f"{path}pedir-revision/")
    yield "the agreement of a cabildo", zonal.html(f"{path}cabildo/")
    yield "versions of opinions", nobody.html(f"{asked.get_absolute_url()}dictamenes/versiones/")
    yield "leaving a seat", zonal.html(f"/asambleas/puestos/{place.hall.seats[0].pk}/cambio/")
    assert "Priorizó" in nobody.html(place.page)


def test_pages_of_a_decision_have_no_barriers(browser, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    worn = Glasses(browser)
    found = [f"{where}: {barrier}" for where, html in pages() for barrier in worn.barriers(html)]
    worn.context.close()
    assert found == [], "\n".join(found)
