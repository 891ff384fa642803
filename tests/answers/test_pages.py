"""The public pages of what is owed, and the officers' forms on them."""

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from decide.answers import rules, services, views
from decide.answers.models import Answer, Milestone
from tests.answers.tools import LONG, REASON, make_office, make_officer, owe, owe_assigned, picture
from tests.factories import (
    make_agency,
    make_answer,
    make_appointment,
    make_milestone,
    make_parish,
    make_user,
    make_zone,
)

pytestmark = pytest.mark.django_db
EVIL = "<script>alert('a')</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) "
SURE = {"seguro": "si"}
ELSEWHERE = {"institution": "Empresa Eléctrica Quito", "institution_contact": "Teléfono 1700"}


def act_path(answer, name):
    return reverse("answers:act", args=[answer.pk, name])


def page_text(response):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", response.content.decode()))


@pytest.fixture
def owed(client, clock):
    """(answer, officer): assigned to an agency whose officer is signed in."""
    agency = make_agency(name="Empresa de Alumbrado")
    officer = make_officer(agency)
    client.force_login(officer)
    return owe_assigned(agency), officer


# --- the public list ------------------------------------------------------------------------------------------


@pytest.fixture
def four(clock):
    """One answer in each state, by name."""
    now, agency = timezone.now(), make_agency(acronym="EPMMOP", name="Obras Públicas")
    old = now - timedelta(days=40)
    return {
        "pending": make_answer("Ciclovía en la Ñuñoa", search_text="ciclovia en la nunoa", asked_at=now),
        "late": make_answer("Luz en el parque", search_text="luz en el parque", asked_at=old, agency=agency),
        "answered": make_answer("Buses de noche", search_text="buses de noche", asked_at=old, outcome="accepted"),
        "answered_late": make_answer(
            "Agua en la loma", asked_at=old, agency=agency, outcome="rejected", answered_at=now - timedelta(days=1)
        ),
    }


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["late", "pending", "answered_late", "answered"]),
        ({"estado": "pendientes"}, ["pending"]),
        ({"estado": "atrasadas"}, ["late"]),
        ({"estado": "respondidas"}, ["answered_late", "answered"]),
        ({"q": "CICLOVIA ñunoa"}, ["pending"]),
        ({"q": "parqué"}, ["late"]),
        ({"q": "nada parecido"}, []),
        ({"dependencia": "epmmop"}, ["late", "answered_late"]),
        ({"dependencia": "epmmop", "estado": "respondidas"}, ["answered_late"]),
        (
            {"dependencia": "?", "estado": "otra", "pagina": "99"},
            ["late", "pending", "answered_late", "answered"],
        ),
    ],
)
def test_list_shows_what_the_filters_in_the_address_say(client, four, filters, names):
    response = client.get("/respuestas/", filters)
    assert [a.subject for a in response.context["page"]] == [four[name].subject for name in names]


def test_list_counts_each_answer_once(client, four):
    response = client.get("/respuestas/")
    assert response.context["counts"] == {"pending": 1, "late": 1, "answered_in_time": 1, "answered_late": 1}


def test_list_shows_late_by_word_and_shape(client, four):
    html = client.get("/respuestas/").content.decode()
    for shape, word in [("▲", "Atrasada"), ("○", "A tiempo"), ("✓", "Respondida a tiempo"), ("◆", "Respondida con")]:
        assert html.count(f'<span aria-hidden="true">{shape}</span> {word}') == 1
    assert "Lleva 10 días de atraso." in html


@pytest.mark.parametrize(
    ("filters", "words"), [({}, "Todavía ninguna propuesta"), ({"q": "x"}, "Ninguna pregunta coincide")]
)
def test_empty_list_says_what_to_do(client, filters, words):
    assert words in page_text(client.get("/respuestas/", filters))


@pytest.mark.parametrize("q", ["\x00", "\ud800", "%", "'; drop table", "a" * 5000, "ا" * 40])
def test_list_with_hostile_search_answers(client, q):
    assert client.get("/respuestas/", {"q": q.encode("utf-8", "surrogatepass")}).status_code == 200


def test_list_costs_the_same_for_one_and_twenty(client, django_assert_max_num_queries):
    counts = []
    for n in range(20):
        agency = make_agency(zone=None)
        make_answer(agency=agency, parish=make_parish(), outcome="accepted" if n % 2 else "")
        if n in (0, 19):
            with django_assert_max_num_queries(10) as queries:
                client.get("/respuestas/")
            counts.append(len(queries))
    assert counts[0] == counts[1]


# --- one answer -------------------------------------------------------------------------------------------------


def test_detail_says_until_when_and_who(client, clock):
    answer = owe()
    text = page_text(client.get(f"/respuestas/{answer.pk}/"))
    assert "La respuesta se debe hasta el miércoles 2 de diciembre." in text
    assert "asigna la dependencia que responde, hasta el jueves 5 de noviembre" in text
    clock.move("2026-11-06 00:00")
    assert "debía asignar la dependencia hasta el jueves 5" in page_text(client.get(f"/respuestas/{answer.pk}/"))
    clock.move("2026-12-03 00:00")
    text = page_text(client.get(f"/respuestas/{answer.pk}/"))
    assert "se debía hasta el miércoles 2 de diciembre. Lleva 1 día de atraso." in text


def test_detail_leads_an_officer_back_to_their_desk_and_nobody_else(client, owed):
    path, link = f"/respuestas/{owed[0].pk}/", 'href="/respuestas/escritorio/"'
    assert link in client.get(path).content.decode()
    client.logout()
    assert link not in client.get(path).content.decode()


def test_detail_tells_the_whole_story(client, owed, clock):
    answer, officer = owed
    second = make_agency(name="Secretaría de Movilidad")
    after = make_officer(second)
    services.pass_on_answer(answer=answer, officer=officer, agency=second, reason=REASON)
    services.extend_answer(answer=answer, officer=after, reason="Faltan los planos del cabildo.")
    services.give_answer(answer=answer, officer=after, outcome="elsewhere", body=LONG, **ELSEWHERE)
    services.correct_answer(
        answer=answer, officer=after, body=LONG + " Corregido.", reason="Faltaba una palabra.", **ELSEWHERE
    )
    client.logout()
    text = page_text(client.get(f"/respuestas/{answer.pk}/"))
    for said in [
        "Empresa de Alumbrado pasó la pregunta a Secretaría de Movilidad el lunes 2 de noviembre, 12:00.",
        REASON,
        "ahora es hasta el jueves 17 de diciembre",
        "Faltan los planos del cabildo.",
        f"Secretaría de Movilidad, por {after}",
        "Diríjase a: Empresa Eléctrica Quito",
        "Teléfono 1700",
        "Corregido.",
        "Faltaba una palabra.",
        "Texto del lunes 2 de noviembre",
    ]:
        assert said in text
    assert text.count(LONG) == 2
    assert "Lo que usted puede hacer" not in text


@pytest.mark.parametrize("pk", ["0", "999", "9" * 18, "9" * 40])
def test_detail_of_what_is_missing_is_404(client, owed, pk):
    for path in (f"/respuestas/{pk}/", f"/respuestas/{pk}/responder/", f"/respuestas/hitos/{pk}/"):
        assert client.get(path).status_code == 404


def test_detail_says_whose_the_question_was_and_what_a_second_wrong_agency_can_do(client, owed, clock):
    answer, officer = owed
    wrong, right = make_agency(name="Secretaría de Movilidad"), make_agency(name="Empresa de Aseo")
    services.pass_on_answer(answer=answer, officer=officer, agency=wrong, reason=REASON)
    path, ask = f"/respuestas/{answer.pk}/", "Pida a la oficina de participación que la reasigne."
    client.force_login(make_officer(wrong))
    assert ask in page_text(client.get(path))
    client.force_login(make_office())
    assert ask not in page_text(client.get(path))
    client.post(path + "reasignar/", {"agency": right.pk, "reason": "Es un botadero, no una calle."} | SURE)
    client.logout()
    text = page_text(client.get(path))
    for said in [
        "Empresa de Alumbrado pasó la pregunta a Secretaría de Movilidad el lunes 2 de noviembre, 12:00.",
        "la tenía Secretaría de Movilidad, y ahora responde Empresa de Aseo.",
        "Es un botadero, no una calle.",
        "Responde: Empresa de Aseo.",
    ]:
        assert said in text


def test_detail_offers_each_person_exactly_their_forms(client, clock):
    agency = make_agency(zone=make_zone())
    people = {
        "office": make_office(),
        "officer": make_officer(agency),
        "zonal": make_appointment(office="zonal", zone=agency.zone).holder,
        "other": make_officer(make_agency()),
        "former": make_officer(agency, ends=timezone.localdate() - timedelta(days=1)),
        "resident": make_user(verified=True),
    }
    answers = {
        "new": make_answer(),
        "assigned": make_answer(agency=agency),
        "late": make_answer(agency=agency, asked_at=timezone.now() - timedelta(days=31)),
        "passed": make_answer(agency=agency, passed_from=make_agency(), passed_at=timezone.now()),
        "extended": make_answer(agency=agency, extended_at=timezone.now()),
        "accepted": make_answer(agency=agency, outcome="accepted"),
        "rejected": make_answer(agency=agency, outcome="rejected"),
    }
    mine = {
        "assigned": {"responder", "pasar", "prorrogar"},
        "late": {"responder", "pasar"},
        "passed": {"responder", "prorrogar"},
        "extended": {"responder", "pasar"},
        "accepted": {"corregir", "hitos"},
        "rejected": {"corregir"},
    }
    pending = ("assigned", "late", "passed", "extended")
    office = {("office", "new"): {"asignar"}} | {("office", name): {"reasignar"} for name in pending}
    expected = office | {(who, a): f for who in ("officer", "zonal") for a, f in mine.items()}
    shown = {}
    for who, person in people.items():
        client.force_login(person)
        for name, answer in answers.items():
            forms = set(client.get(f"/respuestas/{answer.pk}/").context["forms"])
            if forms:
                shown[who, name] = forms
            for form in views.ACTIONS:
                status = client.get(act_path(answer, form)).status_code
                assert status == (200 if form in forms else 403)
    assert shown == expected


SENT = {
    "asignar": {},
    "responder": {"outcome": "accepted", "body": LONG},
    "pasar": {"reason": REASON},
    "reasignar": {"reason": REASON},
    "prorrogar": {"reason": REASON},
    "corregir": {"body": LONG + " Corregido.", "reason": REASON},
    "hitos": {"title": "Postes", "planned": "2027-01-08"},
}

BY_OFFICE = ("asignar", "reasignar")


def sendable(name, agency):
    """An answer on which an officer of the agency (or the office) may do this now."""
    if name == "asignar":
        return make_answer()
    return make_answer(agency=agency, outcome="accepted" if name in ("corregir", "hitos") else "")


@pytest.mark.parametrize("name", SENT)
def test_form_asks_once_with_what_will_be_published(client, clock, name):
    agency, other = make_agency(), make_agency(name="Empresa de Agua")
    client.force_login(make_office() if name in BY_OFFICE else make_officer(agency))
    answer = sendable(name, agency)
    before = Answer.objects.filter(pk=answer.pk).values().get()
    data = SENT[name] | ({"agency": other.pk} if name in ("asignar", "pasar", "reasignar") else {})
    asked = client.post(act_path(answer, name), data)
    html, text = asked.content.decode(), page_text(asked)
    action = views.ACTIONS[name]
    assert asked.status_code == 200
    assert str(action.asks) in text
    assert "&lt;" not in html
    assert str(action.button) in text
    seen = {
        "asignar": ["Empresa de Agua"],
        "responder": ["Aceptada", LONG],
        "pasar": ["Empresa de Agua", REASON],
        "reasignar": ["Empresa de Agua", REASON],
        "prorrogar": ["Nuevo plazo", REASON],
        "corregir": [LONG + " Corregido.", REASON],
        "hitos": ["Postes", "viernes 8 de enero"],
    }
    for words in seen[name]:
        assert words in text
    assert Answer.objects.filter(pk=answer.pk).values().get() == before
    assert not Milestone.objects.exists()
    # "Volver a escribir": the form, as it was sent.
    back = client.post(act_path(answer, name), data | {"seguro": "volver"})
    form = back.context["forms"][name]
    assert (back.status_code, set(back.context["forms"]), form.errors) == (200, {name}, {})
    assert {k: str(form[k].value()) for k in data} == {k: str(v) for k, v in data.items()}
    # And what the page hides is what the button sends.
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    hidden.pop("csrfmiddlewaretoken", None)
    assert client.post(act_path(answer, name), {k: unescape(v) for k, v in hidden.items()} | SURE).status_code == 302


@pytest.mark.parametrize("name", SENT)
def test_form_is_done_by_its_officer_and_says_what_follows(client, clock, name):
    agency, other = make_agency(), make_agency()
    client.force_login(make_office() if name in BY_OFFICE else make_officer(agency))
    answer = sendable(name, agency)
    data = SENT[name] | ({"agency": other.pk} if name in ("asignar", "pasar", "reasignar") else {})
    response = client.post(act_path(answer, name), data | SURE)
    assert (response.status_code, response.url) == (302, f"/respuestas/{answer.pk}/")
    fresh = Answer.objects.get(pk=answer.pk)
    changed = {
        "asignar": fresh.agency == other,
        "responder": fresh.body == LONG,
        "pasar": fresh.agency == other,
        "reasignar": fresh.agency == other,
        "prorrogar": bool(fresh.extended_at),
        "corregir": fresh.body.endswith("Corregido."),
        "hitos": fresh.milestones.count() == 1,
    }
    assert changed[name]
    assert str(views.ACTIONS[name].said) in page_text(client.get(response.url))


@pytest.mark.parametrize("name", SENT)
def test_form_from_a_stranger_changes_nothing(client, clock, name):
    agency, other = make_agency(), make_agency()
    strangers = [
        make_user(verified=True),
        make_officer(other),
        make_officer(agency, ends=timezone.localdate() - timedelta(days=1)),
    ]
    answer = sendable(name, agency)
    before = Answer.objects.filter(pk=answer.pk).values().get()
    for person in strangers:
        client.force_login(person)
        response = client.post(act_path(answer, name), SENT[name] | {"agency": other.pk})
        assert response.status_code == 403
        assert Answer.objects.filter(pk=answer.pk).values().get() == before
        assert not Milestone.objects.exists()


@pytest.mark.parametrize("name", SENT)
def test_form_by_someone_not_signed_in_leads_to_signin_and_back_with_the_input(client, clock, name):
    agency = make_agency()
    answer = sendable(name, agency)
    response = client.post(act_path(answer, name), SENT[name])
    assert response.status_code == 302
    assert response.url.startswith("/cuentas/")
    assert act_path(answer, name) in response.url
    session = client.session
    officer = make_office() if name in BY_OFFICE else make_officer(agency)
    client.force_login(officer)
    kept = client.session
    kept.update({k: v for k, v in session.items() if k == "kept_input"})
    kept.save()
    html = client.get(act_path(answer, name)).content.decode()
    for value in SENT[name].values():
        assert value in html


@pytest.mark.parametrize(
    ("name", "wrong", "field"),
    [
        ("responder", {"body": "Sí."}, "body"),
        ("responder", {"body": " " * 500}, "body"),
        ("responder", {"body": "\u200b" * 500}, "body"),
        ("responder", {"body": "." * 500}, "body"),
        ("responder", {"body": "a" * 20_001}, "body"),
        ("responder", {"outcome": "quizás"}, "outcome"),
        ("responder", {"outcome": ""}, "outcome"),
        ("responder", {"outcome": "elsewhere"}, "institution"),
        ("responder", {"outcome": "elsewhere", "institution": "EEQ"}, "institution_contact"),
        ("pasar", {"agency": "own"}, "agency"),
        ("pasar", {"agency": "999999"}, "agency"),
        ("pasar", {"agency": "\x00"}, "agency"),
        ("pasar", {"agency": "foreign"}, "agency"),
        ("pasar", {"reason": "porque sí"}, "reason"),
        ("prorrogar", {"reason": ""}, "reason"),
        ("prorrogar", {"reason": "a" * 1001}, "reason"),
    ],
)
def test_wrong_input_is_400_and_kept(client, owed, name, wrong, field):
    answer, _officer = owed
    ids = {"own": answer.agency_id, "foreign": make_agency(municipal=False).pk}
    data = SENT[name] | {"agency": make_agency().pk} | wrong
    data["agency"] = ids.get(data["agency"], data["agency"])
    before = Answer.objects.filter(pk=answer.pk).values().get()
    response = client.post(act_path(answer, name), data)
    assert response.status_code == 400
    assert Answer.objects.filter(pk=answer.pk).values().get() == before
    form = response.context["forms"][name]
    assert set(form.errors) == {field, *({"institution_contact"} if field == "institution" else ())}
    if name == "prorrogar":
        assert response.context["opened"] == name
    if name == "responder" and field == "outcome":
        assert LONG in response.content.decode()


def test_broken_bytes_are_400_and_never_500(client, owed):
    answer, _officer = owed
    body = b"outcome=accepted&body=" + b"%ED%A0%80" * 200
    response = client.post(
        act_path(answer, "responder"), body, content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert response.status_code == 400
    assert Answer.objects.get(pk=answer.pk).answered_at is None


def test_known_institution_brings_its_contact(client, owed):
    answer, _officer = owed
    make_agency(name="Empresa Eléctrica Quito", municipal=False, contact="Teléfono 1700, www.eeq.com.ec")
    html = client.get(f"/respuestas/{answer.pk}/").content.decode()
    assert '<option value="Empresa Eléctrica Quito">' in html
    data = {"outcome": "elsewhere", "body": LONG, "institution": "empresa electrica QUITO"}
    assert client.post(act_path(answer, "responder"), data | SURE).status_code == 302
    assert Answer.objects.get(pk=answer.pk).institution_contact == "Teléfono 1700, www.eeq.com.ec"


@pytest.mark.parametrize("name", ["asignar", "responder", "pasar", "prorrogar"])
def test_second_post_of_the_same_is_409_with_the_text_kept(client, clock, name):
    agency, other = make_agency(), make_agency()
    client.force_login(make_office() if name in BY_OFFICE else make_officer(agency))
    answer = sendable(name, agency)
    data = SENT[name] | ({"agency": other.pk} if name in ("asignar", "pasar", "reasignar") else {})
    first, second = (client.post(act_path(answer, name), data | SURE) for _n in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    html = second.content.decode()
    assert "Hay un problema" in html
    for value in SENT[name].values():
        assert value in html


def test_milestone_sent_twice_is_stored_once(client, clock):
    agency = make_agency()
    client.force_login(make_officer(agency))
    answer = make_answer(agency=agency, outcome="accepted")
    data = SENT["hitos"] | {"once_key": str(uuid.uuid4())}
    assert [client.post(act_path(answer, "hitos"), data | SURE).status_code for _n in range(2)] == [302, 302]
    assert answer.milestones.count() == 1


def test_nothing_changes_by_get(client, owed):
    answer, _officer = owed
    before = Answer.objects.filter(pk=answer.pk).values().get()
    for name, data in SENT.items():
        client.get(act_path(answer, name), data)
    assert Answer.objects.filter(pk=answer.pk).values().get() == before


# --- milestones -------------------------------------------------------------------------------------------------


def test_officer_moves_a_milestone_and_adds_a_photo_that_all_see(client, owed, clock):
    answer, officer = owed
    services.give_answer(answer=answer, officer=officer, outcome="accepted", body=LONG)
    step = make_milestone(answer, title="Cuatro postes", planned=date(2026, 11, 1), first_planned=date(2026, 11, 1))
    path = reverse("answers:milestone", args=[step.pk])
    assert client.get(path).status_code == 200
    moved = {"state": "done", "planned": "2026-11-01", "done_on": "2026-11-02", "note": "Ya están puestos."}
    asked = page_text(client.post(path, moved))
    assert "¿Dar por terminado este hito?" in asked
    assert "Cuatro postes" in asked
    assert Milestone.objects.get().state == "planned"
    assert client.post(path, moved | {"seguro": "volver"}).context["form"]["note"].value() == "Ya están puestos."
    assert client.post(path, moved | SURE).status_code == 302
    key = str(uuid.uuid4())
    for _n in range(2):
        photo = {"image": picture(), "alt": "Postes en la calle", "once_key": key}
        assert client.post(path + "fotos/", photo).status_code == 302
    client.logout()
    response = client.get(f"/respuestas/{answer.pk}/")
    assert "Cumplido el lunes 2 de noviembre. Previsto para el domingo 1 de noviembre." in page_text(response)
    assert "Con atraso" in page_text(response)
    assert "Ya están puestos." in page_text(response)
    assert response.content.decode().count('alt="Postes en la calle"') == 1
    assert "Actualizar" not in page_text(response)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"state": "planned", "planned": "2026-11-02"}, 400),  # moved without a reason
        ({"state": "volando", "planned": "2026-12-01"}, 400),
        ({"state": "done", "planned": "2026-12-01", "done_on": "2026-11-03"}, 400),
        ({"state": "done", "planned": "2026-12-01", "done_on": "31/02/2026"}, 400),
        ({"state": "ongoing", "planned": "9999-12-31", "note": "Tarde."}, 400),
        ({"state": "ongoing", "planned": "\x00"}, 400),
        ({"state": "cancelled", "planned": "2026-12-01"}, 400),
        ({"state": "cancelled", "planned": "2026-12-01", "note": "Ya no hace falta."}, 302),
        ({"state": "ongoing", "planned": "05/01/2027", "note": "No llegaron."}, 302),
    ],
)
def test_milestone_form_refuses_what_does_not_fit(client, clock, data, status):
    agency = make_agency()
    client.force_login(make_officer(agency))
    step = make_milestone(make_answer(agency=agency, outcome="accepted"), planned=date(2026, 12, 1))
    response = client.post(reverse("answers:milestone", args=[step.pk]), data | SURE)
    assert response.status_code == status
    if status == 400:
        assert "Hay un problema" in response.content.decode()
        assert Milestone.objects.get(pk=step.pk).state == "planned"


def no_picture():
    return SimpleUploadedFile("foto.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")


@pytest.mark.parametrize(
    ("image", "alt"),
    [(None, "Postes"), (no_picture, "Postes"), (picture, ""), (picture, "."), (picture, "\u200b")],
)
def test_photo_without_picture_or_words_is_refused(client, clock, image, alt):
    agency = make_agency()
    client.force_login(make_officer(agency))
    step = make_milestone(make_answer(agency=agency, outcome="accepted"))
    data = {"alt": alt} | ({"image": image()} if image else {})
    response = client.post(reverse("answers:photo", args=[step.pk]), data)
    assert response.status_code == 400
    assert "Hay un problema" in response.content.decode()
    assert not step.photos.exists()


def test_milestone_page_is_for_its_officers(client, clock):
    agency = make_agency()
    step = make_milestone(make_answer(agency=agency, outcome="accepted"))
    path = reverse("answers:milestone", args=[step.pk])
    for method in (client.get, client.post):
        assert method(path).status_code == 302
    for person in (make_user(verified=True), make_officer(make_agency()), make_office()):
        client.force_login(person)
        for method, address in [(client.get, path), (client.post, path), (client.post, path + "fotos/")]:
            assert method(address, {"state": "done", "planned": "2026-12-01"}).status_code == 403
    assert Milestone.objects.get().state == "planned"


# --- the officers' desk -------------------------------------------------------------------------------------------


def test_desk_is_for_officers(client, clock):
    assert client.get("/respuestas/escritorio/").status_code == 302
    for person, status in [
        (make_user(verified=True), 403),
        (make_appointment(office="desk").holder, 403),
        (make_officer(make_agency(), ends=timezone.localdate() - timedelta(days=1)), 403),
        (make_officer(make_agency()), 200),
        (make_appointment(office="zonal").holder, 200),
        (make_office(), 200),
    ]:
        client.force_login(person)
        assert client.get("/respuestas/escritorio/").status_code == status


def test_desk_shows_what_waits_for_me_by_deadline(client, clock):
    now, mine, other = timezone.now(), make_agency(), make_agency()
    late = make_answer("Atrasada", agency=mine, asked_at=now - timedelta(days=40))
    soon = make_answer("Pronta", agency=mine, asked_at=now - timedelta(days=20))
    new = make_answer("Nueva", agency=mine)
    make_answer("Ajena", agency=other)
    make_answer("Sin dependencia")
    done = make_answer("Respondida", agency=mine, outcome="accepted")
    step = make_milestone(done)
    make_milestone(done, state="done", done_on=timezone.localdate())
    make_milestone(make_answer(agency=other, outcome="accepted"))
    client.force_login(make_officer(mine))
    context = client.get("/respuestas/escritorio/").context
    assert list(context["page"]) == [late, soon, new]
    assert context["milestones"] == {"rows": [step], "count": 1, "more": False}
    assert "unassigned" not in context


def test_desk_of_the_participation_office_shows_what_nobody_has_and_what_is_late(client, clock):
    now, agency = timezone.now(), make_agency()
    second = make_answer("Segunda")
    first = make_answer("Primera", asked_at=now - timedelta(days=2))
    late = make_answer("Atrasada", agency=agency, asked_at=now - timedelta(days=40))
    make_answer("A tiempo", agency=agency)
    client.force_login(make_office())
    context = client.get("/respuestas/escritorio/").context
    assert (list(context["unassigned"]), context["late"]["rows"]) == ([first, second], [late])
    assert context["answers_for"] is False


def test_desk_costs_the_same_for_one_and_twenty(client, clock, django_assert_max_num_queries):
    zone = make_zone()
    agency = make_agency(zone=zone)
    person = make_officer(agency)
    make_office(holder=person)
    make_appointment(office="zonal", zone=zone, holder=person)
    client.force_login(person)
    counts = []
    for n in range(21):
        make_answer(parish=make_parish())
        make_answer(agency=agency, parish=make_parish())
        make_answer(agency=agency, asked_at=timezone.now() - timedelta(days=60))
        make_milestone(make_answer(agency=agency, outcome="accepted"))
        if n in (0, 20):
            with django_assert_max_num_queries(10) as queries:  # one is the header's, of unread notices
                html = client.get("/respuestas/escritorio/").content.decode()
            counts.append(len(queries))
    assert "(más de 20)" in html
    assert counts[0] == counts[1]


def test_agencies_of_an_officer_of_two(clock):
    zone = make_zone()
    of_zone, other = make_agency(zone=zone), make_agency()
    person = make_officer(other)
    make_appointment(office="zonal", zone=zone, holder=person)
    assert rules.agencies_of(person) == sorted([of_zone.pk, other.pk])


# --- scripts ----------------------------------------------------------------------------------------------------


def test_scripts_are_inert_wherever_officers_write(client, clock):
    agency, after = make_agency(name=EVIL, contact=EVIL[:60], municipal=True), make_agency(name="B " + EVIL)
    officer, second = make_officer(agency), make_officer(after)
    answer = services.assign_answer(answer=owe(subject=EVIL), officer=make_office(), agency=agency)
    services.pass_on_answer(answer=answer, officer=officer, agency=after, reason=EVIL)
    services.extend_answer(answer=answer, officer=second, reason=EVIL)
    services.give_answer(answer=answer, officer=second, outcome="accepted", body=EVIL * 2)
    services.correct_answer(answer=answer, officer=second, body=EVIL * 3, reason=EVIL)
    step = services.add_milestone(answer=answer, officer=second, title=EVIL, planned=date(2027, 1, 8), description=EVIL)
    services.update_milestone(milestone=step, officer=second, state="ongoing", note=EVIL)
    client.force_login(second)
    for path in (
        f"/respuestas/{answer.pk}/",
        "/respuestas/",
        "/respuestas/escritorio/",
        f"/respuestas/hitos/{step.pk}/",
        "/mi/avisos/",
    ):
        html = client.get(path).content.decode()
        assert "alert(" in html or path.endswith("escritorio/")
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html
