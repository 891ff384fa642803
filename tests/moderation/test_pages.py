"""The pages: who sees what, what is typed comes back, what cannot be undone asks once, GET changes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from decide.moderation import services
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction
from tests.factories import make_proposal, make_user
from tests.moderation.tools import (
    REASON,
    decide,
    fresh,
    make_hidden,
    make_moderator,
    make_reported,
    make_sanction,
    make_thing,
)

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script> porque lo digo yo, y es una frase."
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def desk(moderator):
    client = Client()
    client.force_login(moderator)
    return client


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return response.content.decode()


def report_address(thing):
    return f"/moderacion/reportar/{thing.KIND}/{thing.pk}/"


# --- reporting ------------------------------------------------------------------------------------------------


def test_report_leads_back_to_the_thing():
    thing = make_thing()
    response = signed_in(make_user()).post(report_address(thing), {"reason": "insult", "note": SCRIPT})
    assert (response.status_code, response["Location"]) == (302, thing.moderated_path())
    assert Report.objects.get().note == SCRIPT


def test_report_by_a_stranger_keeps_what_was_typed():
    thing, client = make_thing(), Client()
    assert client.get(report_address(thing)).status_code == 200
    response = client.post(report_address(thing), {"reason": "hate", "note": "Lo que escribí."})
    assert response["Location"].startswith("/cuentas/")
    client.force_login(make_user())
    assert "Lo que escribí." in text_of(client.get(report_address(thing)))
    assert Report.objects.count() == 0


def test_report_with_a_mistake_comes_back():
    response = signed_in(make_user()).post(report_address(make_thing()), {"reason": "", "note": SCRIPT})
    assert response.status_code == 400
    assert ESCAPED in text_of(response)
    assert "<script>alert" not in text_of(response)


@pytest.mark.parametrize("kind", ["comment", "proposal", "answer", "account", "user", "photo", "x"])
def test_what_is_not_public_cannot_be_reported(kind):
    draft = make_proposal(status="draft")
    client = signed_in(make_user())
    assert client.get(f"/moderacion/reportar/{kind}/{draft.pk}/").status_code == 404
    assert client.post(f"/moderacion/reportar/{kind}/{draft.pk}/", {"reason": "spam"}).status_code == 404
    assert client.get(f"/moderacion/reportar/{kind}/999999999/").status_code == 404


def test_hidden_things_cannot_be_reported():
    thing = make_thing()
    type(thing)._base_manager.filter(pk=thing.pk).update(hidden=True)
    assert signed_in(make_user()).get(report_address(thing)).status_code == 404


def test_who_is_suspended_is_told_so():
    client = signed_in(make_user(suspended_until=timezone.now() + timedelta(days=3)))
    response = client.post(report_address(make_thing()), {"reason": "spam"})
    assert response.status_code == 403
    assert "suspendida hasta" in text_of(response)


def test_a_moderator_opens_a_case_without_reporting(desk):
    thing = make_thing()
    assert "Abrir el caso" in text_of(desk.get(report_address(thing)))
    assert desk.get(f"{report_address(thing)}abrir/").status_code == 405
    response = desk.post(f"{report_address(thing)}abrir/")
    case = fresh(thing).case
    assert response["Location"] == case.get_absolute_url()
    assert case.reports.count() == 0


# --- doors ----------------------------------------------------------------------------------------------------


def addresses():
    decision = make_hidden()
    appeal = services.appeal(decision=decision, author=decision.subject, text=SCRIPT)
    closing = make_sanction(kind="close")
    return [
        decision.case.get_absolute_url(),
        f"/moderacion/personas/{decision.subject.public_id}/?caso={decision.case_id}",
        closing.get_absolute_url(),
        appeal.get_absolute_url(),
    ]


def test_the_desk_is_for_moderators(desk):
    for address in addresses():
        assert desk.get(address).status_code == 200, address
        assert signed_in(make_user()).get(address).status_code == 403, address
        assert Client().get(address)["Location"].startswith("/cuentas/"), address


def test_a_decision_is_seen_by_whom_it_concerns(desk):
    decision = make_hidden()
    address = decision.get_absolute_url()
    assert REASON in text_of(signed_in(decision.subject).get(address))
    assert desk.get(address).status_code == 404
    assert signed_in(make_user()).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_front_page_is_the_queue_for_moderators_only(desk):
    make_reported(make_thing(body="Solo para moderación."))
    assert "Solo para moderación." in text_of(desk.get("/moderacion/"))
    page = text_of(Client().get("/moderacion/"))
    assert "Solo para moderación." not in page
    assert "Reglas de convivencia" in page


@pytest.mark.parametrize("address", ["/moderacion/casos/{}/", "/moderacion/apelaciones/{}/", "/moderacion/cierres/{}/"])
def test_what_does_not_exist_is_not_found(desk, address):
    assert desk.get(address.format(999_999_999)).status_code == 404


@pytest.mark.parametrize("query", ["?caso=0", "?caso=x", "?caso=%00", "?caso=99999999999999999999", "?caso=²"])
def test_a_foreign_case_on_a_person_s_page_is_not_found(desk, query):
    assert desk.get(f"/moderacion/personas/{make_user().public_id}/{query}").status_code == 404


def test_no_get_changes_anything(desk):
    before = addresses()
    rows = [list(model.objects.values()) for model in (ModerationCase, Report, Decision, Appeal, Sanction)]
    decision = Decision.objects.first()
    for address in [*before, "/moderacion/", "/moderacion/registro/", decision.get_absolute_url(), "/mi/moderacion/"]:
        desk.get(address)
        desk.get(address, {"action": "hide", "seguro": "si", "decision": "confirmar"})
        signed_in(decision.subject).get(address)
    assert rows == [list(model.objects.values()) for model in (ModerationCase, Report, Decision, Appeal, Sanction)]


# --- deciding -------------------------------------------------------------------------------------------------


def test_decide_from_the_page(desk):
    case = make_reported(make_thing(body=SCRIPT))
    page = text_of(desk.get(case.get_absolute_url()))
    assert ESCAPED in page
    assert "<script>alert" not in page
    words = {"action": "hide", "reason": "insult", "reason_text": SCRIPT, "version": case.version}
    response = desk.post(f"{case.get_absolute_url()}decidir/", words)
    assert response["Location"] == "/moderacion/"
    assert fresh(case).state == "hidden"
    assert "<script>alert" not in text_of(desk.get(case.get_absolute_url()))
    author = signed_in(case.author)
    assert "<script>alert" not in text_of(author.get(Decision.objects.get().get_absolute_url()))
    assert "<script>alert" not in text_of(author.get("/mi/moderacion/"))
    assert "<script>alert" not in text_of(author.get("/mi/"))
    assert "<script>alert" not in text_of(Client().get("/moderacion/registro/"))


def test_too_late_shows_what_was_decided_meanwhile(desk):
    case = make_reported()
    seen = case.version
    decide(case, make_moderator())
    words = {"action": "hide", "reason": "insult", "reason_text": REASON, "version": seen}
    response = desk.post(f"{case.get_absolute_url()}decidir/", words)
    assert response.status_code == 400  # hiding is not offered any more
    assert "Oculto" in text_of(response)
    words["action"], words["version"] = "restore", seen
    response = desk.post(f"{case.get_absolute_url()}decidir/", words)
    assert response.status_code == 409
    assert "cambió mientras usted lo leía" in text_of(response)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"action": "nonsense"}, {"reason": ""}, {"reason_text": "corta"}, {"version": "x"}, {"version": "-1"},
     {"version": "99999999999999999999"}, {"reason_text": "\x00"}, {"reason": "\x00"}],
)  # fmt: skip
def test_hostile_decisions_come_back(desk, change):
    case = make_reported()
    words = {"action": "hide", "reason": "insult", "reason_text": REASON, "version": case.version} | change
    assert desk.post(f"{case.get_absolute_url()}decidir/", words).status_code == 400
    assert fresh(case).state == "waiting"


def test_whoever_has_a_part_sees_no_form(desk, moderator):
    own = make_reported(make_thing(author=moderator))
    page = text_of(desk.get(own.get_absolute_url()))
    assert "Usted es parte de este caso" in page
    assert 'name="action"' not in page


def test_nobody_is_told_who_reported(desk):
    reporter = make_user(display_name="Nombre De Quien Reporta")
    case = make_reported(reporter=reporter)
    for page in ("/moderacion/", case.get_absolute_url()):
        assert "Nombre De Quien Reporta" not in text_of(desk.get(page))


def test_an_edit_stands_beside_what_is_public(desk):
    case = make_reported(make_thing(body="Antes decía esto."))
    decide(case, make_moderator(), "keep", "", "")
    services.keep_edit(case=case, fields={"body": f"Ahora dice esto. {SCRIPT}"})
    page = text_of(desk.get(case.get_absolute_url()))
    assert "Antes decía esto." in page
    assert "<ins>" in page
    assert ESCAPED in page
    assert "<script>alert" not in page


# --- people ---------------------------------------------------------------------------------------------------


def test_a_sanction_asks_once(desk):
    case = make_reported()
    address = f"/moderacion/personas/{case.author.public_id}/?caso={case.pk}"
    key = str(uuid.uuid4())
    words = {"kind": "suspend7", "reason": "insult", "reason_text": SCRIPT, "once_key": key}
    asked = desk.post(address, words)
    assert "¿Aplicar la sanción?" in text_of(asked)
    assert "<script>alert" not in text_of(asked)
    assert Sanction.objects.count() == 0
    for _twice in range(2):
        assert desk.post(address, words | {"seguro": "si"})["Location"] == case.get_absolute_url()
    sanction = Sanction.objects.get()
    assert (sanction.case, sanction.user) == (case, case.author)
    assert desk.post(address, words | {"seguro": "volver"}).status_code == 200


def test_two_people_close_an_account(desk):
    person, second = make_user(), make_moderator()
    words = {"kind": "close", "reason": "hate", "reason_text": REASON, "once_key": str(uuid.uuid4()), "seguro": "si"}
    desk.post(f"/moderacion/personas/{person.public_id}/", words)
    closing = Sanction.objects.get()
    address = closing.get_absolute_url()
    assert "Confirmar el cierre" not in text_of(desk.get(address))
    assert desk.post(address, {"decision": "confirmar", "seguro": "si"}).status_code == 403
    other = signed_in(second)
    assert other.post(address, {}).status_code == 400
    assert "¿Cerrar la cuenta?" in text_of(other.post(address, {"decision": "confirmar"}))
    assert fresh(person).is_active
    assert other.post(address, {"decision": "confirmar", "seguro": "si"}).status_code == 302
    assert not fresh(person).is_active
    assert other.post(address, {"decision": "descartar"}).status_code == 409


def test_an_appeal_from_start_to_end(desk, moderator):
    decision = make_hidden()
    author, address = signed_in(decision.subject), decision.get_absolute_url()
    assert author.post(address, {"text": "corta"}).status_code == 400
    assert "¿Enviar la apelación?" in text_of(author.post(address, {"text": SCRIPT}))
    author.post(address, {"text": SCRIPT, "seguro": "si"})
    appeal = Appeal.objects.get()
    assert ESCAPED in text_of(author.get(address))
    page = text_of(desk.get("/moderacion/"))
    assert appeal.get_absolute_url() in page
    assert ESCAPED in text_of(desk.get(appeal.get_absolute_url()))

    words = {"outcome": "overturned", "reason_text": SCRIPT}
    first = signed_in(decision.by)
    assert 'name="outcome"' not in text_of(first.get(appeal.get_absolute_url()))
    assert first.post(appeal.get_absolute_url(), words | {"seguro": "si"}).status_code == 403
    assert "¿Decidir la apelación?" in text_of(desk.post(appeal.get_absolute_url(), words))
    desk.post(appeal.get_absolute_url(), words | {"seguro": "si"})
    assert fresh(decision.case).state == "kept"
    assert desk.post(appeal.get_absolute_url(), words | {"seguro": "si"}).status_code == 409
    page = text_of(author.get(address))
    assert ESCAPED in page
    assert "<script>alert" not in page


def test_my_page_shows_sanctions_and_what_is_hidden_with_the_way_to_appeal():
    decision = make_hidden(body="Lo que ya no se ve.")
    make_sanction(decision.subject)
    client = signed_in(decision.subject)
    for page in map(text_of, (client.get("/mi/"), client.get("/mi/moderacion/"))):
        assert "Lo que ya no se ve." in page
        assert "Su cuenta está suspendida hasta" in page
    assert f"{decision.get_absolute_url()}#apelar" in text_of(client.get("/mi/moderacion/"))
    assert "moderación" not in text_of(signed_in(make_user()).get("/mi/")).partition("<aside")[0].partition("<main")[2]
