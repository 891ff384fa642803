"""Supporting a proposal over its pages: who may, what is kept, what counts, and what happens at the threshold."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from decide.accounts.services import erase_account
from decide.answers.models import Answer
from decide.errors import Refused
from decide.notices.models import Notice
from proposals import rules, services
from proposals.models import Proposal, StatusChange
from tests.factories import PASSWORD, make_parish, make_proposal, make_residence, make_support, make_user
from tests.votes.test_services import figures, rows, statements
from votes import services as votes
from votes import supported
from votes.models import Intention, Support, SupportBox

pytestmark = pytest.mark.django_db


def address(proposal, act="apoyar") -> str:
    return f"{proposal.get_absolute_url()}{act}/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(client, proposal) -> str:
    return client.get(proposal.get_absolute_url()).content.decode()


# --- the button -----------------------------------------------------------------------------------------------


def test_support_returns_to_the_button_and_says_so_there():
    proposal, user = make_proposal(), make_user(verified=True)
    client = signed_in(user)
    response = client.post(address(proposal))
    assert (response.status_code, response.url) == (303, f"{proposal.get_absolute_url()}#apoyar")
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)
    html = page_of(client, proposal)
    assert html.count("Gracias. Su apoyo quedó registrado.") == 1
    assert "Retirar mi apoyo" in html
    assert "Apoyar esta propuesta" not in html
    assert "Gracias. Su apoyo quedó registrado." not in page_of(client, proposal)


def test_support_twice_and_withdraw_twice_change_once():
    proposal = make_proposal()
    client = signed_in(make_user(verified=True))
    statuses = [client.post(address(proposal)).status_code for _n in range(2)]
    assert figures(proposal.box) == (1, 1)
    statuses += [client.post(address(proposal, "retirar-apoyo")).status_code for _n in range(2)]
    assert figures(proposal.box) == (0, 0)
    assert statuses == [303] * 4


@pytest.mark.parametrize("act", ["apoyar", "retirar-apoyo"])
def test_get_changes_nothing(act):
    proposal, user = make_proposal(), make_user(verified=True)
    make_support(proposal.box, user.residence)
    response = signed_in(user).get(address(proposal, act))
    assert (response.status_code, response.url) == (303, f"{proposal.get_absolute_url()}#apoyar")
    assert signed_in(user).put(address(proposal, act)).status_code == 405
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)


def test_support_needs_the_csrf_token():
    proposal = make_proposal()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(verified=True))
    assert client.post(address(proposal)).status_code == 403
    assert figures(proposal.box) == (0, 0)


@pytest.mark.parametrize("act", ["apoyar", "retirar-apoyo"])
@pytest.mark.parametrize("missing", ["draft", "nowhere"])
def test_draft_answers_like_what_is_missing(act, missing):
    author = make_user(verified=True)
    proposal = make_proposal(status="draft", author=author)
    there = address(proposal, act) if missing == "draft" else f"/propuestas/{10**9}-nada/{act}/"
    for client in (Client(), signed_in(author), signed_in(make_user(verified=True))):
        assert client.post(there).status_code == 404
    assert not Support.objects.exists()
    assert not Intention.objects.exists()


@pytest.mark.parametrize("status", ["answered", "execution", "done", "withdrawn", "archived"])
def test_ended_proposal_refuses_everybody_in_words(status):
    proposal = make_proposal(status=status)
    people = [make_user(verified=True), make_user()]
    for client in [Client(), *map(signed_in, people)]:
        response = client.post(address(proposal))
        assert response.status_code == 409
        assert "ya no recibe apoyos" in response.content.decode()
        assert "Apoyar esta propuesta" not in page_of(client, proposal)
    assert not Support.objects.exists()
    assert not Intention.objects.exists()


@pytest.mark.parametrize("status", ["open", "reached", "review"])
def test_proposal_takes_supports_until_it_is_answered(status):
    proposal = make_proposal(status=status)
    SupportBox.objects.filter(pk=proposal.box_id).update(open=True)
    assert signed_in(make_user(verified=True)).post(address(proposal)).status_code == 303
    assert figures(proposal.box) == (1, 1)


def test_deadline_refuses_before_the_archive_has_run():
    proposal = make_proposal(published_at=timezone.now() - timedelta(days=400))
    response = signed_in(make_user(verified=True)).post(address(proposal))
    assert response.status_code == 409
    assert "Terminó el plazo" in response.content.decode()
    assert figures(proposal.box) == (0, 0)


def test_under_sixteen_reads_the_date():
    user = make_user(verified=True)
    user.residence.participates_from = timezone.localdate() + timedelta(days=40)
    user.residence.save()
    proposal = make_proposal()
    response = signed_in(user).post(address(proposal))
    assert response.status_code == 403
    assert "16 años" in response.content.decode()
    html = page_of(signed_in(user), proposal)
    assert "Podrá apoyar desde el" in html
    assert "Apoyar esta propuesta" not in html
    assert not Support.objects.exists()


@pytest.mark.parametrize(
    ("scope", "home", "counted", "words"),
    [
        ("La Argelia", "La Argelia", 1, "Su apoyo cuenta para el umbral."),
        ("La Argelia", "Calderón", 0, "no cuenta para el umbral"),
        (None, "Calderón", 1, "Su apoyo cuenta para el umbral."),
    ],
)
def test_page_says_whether_the_support_counts(scope, home, counted, words):
    proposal = make_proposal(parish=scope and make_parish(scope))
    client = signed_in(make_user(verified=True, parish=make_parish(home)))
    client.post(address(proposal))
    assert figures(proposal.box) == (1, counted)
    assert words in page_of(client, proposal)


def test_rule_says_yes_only_to_a_verified_resident_of_an_open_proposal():
    young = make_user(verified=True)
    young.residence.participates_from = timezone.localdate() + timedelta(days=1)
    people = {"verified": make_user(verified=True), "unverified": make_user(), "young": young}
    asked = {
        (name, status): rules.can_support(user, make_proposal(status=status))
        for name, user in people.items()
        for status in ("open", "archived")
    }
    assert {case for case, yes in asked.items() if yes} == {("verified", "open")}


def test_supporters_names_are_on_no_page():
    supporter = make_user(display_name="Nombre Que Nadie Lee", verified=True)
    proposal = make_proposal()
    signed_in(supporter).post(address(proposal))
    for path in (proposal.get_absolute_url(), "/propuestas/", f"/live/?topic=proposal:{proposal.pk}"):
        assert "Nombre Que Nadie Lee" not in Client().get(path).content.decode()


def test_limit_stops_one_account(settings):
    proposal, user = make_proposal(), make_user(verified=True)
    cache.set(f"limit:support:u:{user.pk}", 300, 60)
    assert signed_in(user).post(address(proposal)).status_code == 429
    assert figures(proposal.box) == (0, 0)


# --- cost -----------------------------------------------------------------------------------------------


def test_support_costs_eight_statements_four_of_them_in_the_transaction():
    proposal, client = make_proposal(), signed_in(make_user(verified=True))
    with CaptureQueriesContext(connection) as queries:
        client.post(address(proposal))
    asked = [re.match(r'(\w+).*?"?(\w+_\w+)"?', sql).groups() for sql in statements(queries.captured_queries)]
    assert asked == [
        ("SELECT", "accounts_accountsession"),
        ("SELECT", "accounts_user"),  # with its residence
        ("SELECT", "accounts_appointment"),  # whether a second factor is needed
        ("SELECT", "proposals_proposal"),
        ("SELECT", "accounts_residence"),
        ("SELECT", "votes_supportbox"),
        ("INSERT", "votes_support"),
        ("UPDATE", "votes_supportbox"),
    ]
    savepoints = [q["sql"] for q in queries.captured_queries if q["sql"].startswith("SAVEPOINT")]
    assert len(savepoints) == 1  # the outer one is this test's transaction, which a request has not
    assert figures(proposal.box) == (1, 1)


@pytest.mark.parametrize("who", ["anonymous", "unverified", "verified"])
def test_panel_costs_at_most_two_queries(who):
    from proposals.views.supporting import panel

    proposal = Proposal.objects.select_related("box").get(pk=make_proposal().pk)
    client = Client() if who == "anonymous" else signed_in(make_user(verified=who == "verified"))
    request = client.get("/seguimiento/").wsgi_request
    bool(request.user)
    with CaptureQueriesContext(connection) as queries:
        panel(request, proposal)
    assert len(queries) == {"anonymous": 0, "unverified": 1, "verified": 2}[who]


# --- the threshold ------------------------------------------------------------------------------------------


def near(missing=1, **fields) -> Proposal:
    """A proposal that lacks `missing` supports."""
    proposal = make_proposal(threshold=3, **fields)
    for _n in range(3 - missing):
        make_support(proposal.box, make_user(verified=True, parish=proposal.parish).residence)
    return proposal


def test_last_support_makes_the_city_owe_an_answer_and_tells_everybody_once():
    proposal, user = near(), make_user(verified=True)
    tellers = {proposal.author, user, *(s.residence.account for s in proposal.box.all_supports.all())}
    signed_in(user).post(address(proposal))
    proposal.refresh_from_db()
    assert proposal.status == "reached"
    assert list(Answer.objects.all()) == [proposal.answer]
    assert list(StatusChange.objects.filter(proposal=proposal).values_list("status", flat=True)) == ["open", "reached"]
    assert {n.recipient for n in Notice.objects.filter(kind="proposal-reached")} == tellers
    assert Notice.objects.filter(kind="proposal-reached").count() == len(tellers) == 4


def test_support_from_elsewhere_does_not_reach_the_threshold():
    proposal = near(parish=make_parish("La Argelia"))
    signed_in(make_user(verified=True, parish=make_parish("Calderón"))).post(address(proposal))
    proposal.refresh_from_db()
    assert (proposal.status, figures(proposal.box)) == ("open", (3, 2))
    assert not Answer.objects.exists()


def test_withdrawing_after_the_threshold_does_not_undo_it():
    proposal, user = near(), make_user(verified=True)
    client = signed_in(user)
    client.post(address(proposal))
    client.post(address(proposal, "retirar-apoyo"))
    client.post(address(proposal))
    proposal.refresh_from_db()
    assert (proposal.status, figures(proposal.box)) == ("reached", (3, 3))
    assert Answer.objects.count() == 1
    assert StatusChange.objects.filter(proposal=proposal, status="reached").count() == 1


def test_watchers_are_told_of_proposal_and_box(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr("decide.live.publisher._publish", lambda topics: told.extend(topics))
    proposal, client = make_proposal(), signed_in(make_user(verified=True))
    both = {f"proposal:{proposal.pk}", f"support:{proposal.box_id}"}
    for act, expected in [("apoyar", both), ("apoyar", set()), ("retirar-apoyo", both), ("retirar-apoyo", set())]:
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address(proposal, act))
        assert set(told) == expected, act


def test_erased_account_withdraws_and_tells_the_proposals_watchers(monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr("decide.live.publisher._publish", lambda topics: told.extend(topics))
    proposal, user = make_proposal(), make_user(verified=True)
    make_support(proposal.box, user.residence)
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(user=user)
    assert figures(proposal.box) == rows(proposal.box) == (0, 0)
    assert {f"proposal:{proposal.pk}", f"support:{proposal.box_id}"} <= set(told)


# --- intentions -----------------------------------------------------------------------------------------------


def test_circle_from_a_tap_without_account_to_a_support():
    """Anonymous tap → sign in → back in the same place → verified → one confirmation."""
    first, second = make_proposal(), make_proposal()
    user = make_user()
    client = Client()
    response = client.post(address(first))
    assert response.status_code == 302
    assert response.url.startswith("/cuentas/")
    client.post(address(second))
    assert "Todavía no cuenta" in page_of(client, first)
    login = client.post(response.url, {"login": user.email, "password": PASSWORD})
    assert login.url == f"{first.get_absolute_url()}#apoyar"
    assert set(Intention.objects.values_list("user", "box")) == {(user.pk, first.box_id), (user.pk, second.box_id)}
    html = page_of(client, first)
    assert "Todavía no cuenta" in html
    assert "Verificar que vivo en Quito" in html
    assert [figures(first.box), figures(second.box)] == [(0, 0), (0, 0)]

    refused = client.post("/mi/apoyos-pendientes/")
    assert (refused.status_code, Support.objects.count()) == (403, 0)

    user.residence = make_residence()
    user.save()
    assert "Confirmar mi apoyo" in page_of(client, first)
    assert "Confirmar estos 2 apoyos" in client.get("/mi/apoyos-pendientes/").content.decode()
    assert Support.objects.count() == 0
    done = client.post("/mi/apoyos-pendientes/").content.decode()
    assert "2 apoyos quedaron registrados" in done
    assert [figures(first.box), figures(second.box)] == [(1, 1), (1, 1)]
    assert not Intention.objects.exists()
    assert "No tiene apoyos guardados" in client.get("/mi/apoyos-pendientes/").content.decode()


def test_tap_of_somebody_unverified_is_kept_once_and_can_be_forgotten():
    proposal, user = make_proposal(), make_user()
    client = signed_in(user)
    assert [client.post(address(proposal)).status_code for _n in range(2)] == [303, 303]
    assert Intention.objects.filter(user=user, box=proposal.box).count() == 1
    assert "Todavía no cuenta" in page_of(client, proposal)
    assert client.post(address(proposal, "retirar-apoyo")).status_code == 303
    assert not Intention.objects.exists()
    assert "Apoyar esta propuesta" in page_of(client, proposal)
    assert figures(proposal.box) == (0, 0)


def test_tap_without_account_can_be_forgotten():
    proposal, client = make_proposal(), Client()
    client.post(address(proposal))
    client.post(address(proposal, "retirar-apoyo"))
    assert "Todavía no cuenta" not in page_of(client, proposal)
    client.force_login(make_user())
    assert not Intention.objects.exists()


def test_tap_in_a_session_is_forgotten_after_thirty_days():
    proposal, client = make_proposal(), Client()
    client.post(address(proposal))
    session = client.session
    session["intentions"] = {str(proposal.box_id): (timezone.now() - timedelta(days=31)).isoformat()}
    session.save()
    assert "Todavía no cuenta" not in page_of(client, proposal)
    client.force_login(make_user())
    assert not Intention.objects.exists()


def test_session_keeps_a_bounded_number_of_taps():
    client = Client()
    boxes = [make_proposal() for _n in range(3)]
    session = client.session
    session["intentions"] = {str(10**6 + n): timezone.now().isoformat() for n in range(50)}
    session.save()
    for proposal in boxes:
        client.post(address(proposal))
    assert len(client.session["intentions"]) == 50
    assert {str(p.box_id) for p in boxes} <= set(client.session["intentions"])


def test_tap_for_what_does_not_exist_any_more_is_forgotten_at_sign_in():
    client = Client()
    session = client.session
    session["intentions"] = {str(10**6): timezone.now().isoformat()}
    session.save()
    client.force_login(make_user())
    assert not Intention.objects.exists()


def test_confirmation_names_what_is_not_possible_any_more():
    user = make_user()
    possible, closed, late = make_proposal(), make_proposal(), make_proposal()
    client = signed_in(user)
    for proposal in (possible, closed, late):
        client.post(address(proposal))
    services.withdraw_proposal(proposal=closed, reason="done")
    Proposal.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    user.residence = make_residence()
    user.save()
    html = client.post("/mi/apoyos-pendientes/").content.decode()
    assert "1 apoyo quedó registrado" in html
    assert "Su estado: retirada" in html
    assert "Terminó el plazo" in html
    assert list(Support.objects.values_list("box", flat=True)) == [possible.box_id]
    assert not Intention.objects.exists()


def test_confirmation_is_refused_before_sixteen():
    user, proposal = make_user(), make_proposal()
    signed_in(user).post(address(proposal))
    user.residence = make_residence(participates_from=timezone.localdate() + timedelta(days=3))
    user.save()
    assert "16 años" in signed_in(user).get("/mi/apoyos-pendientes/").content.decode()
    with pytest.raises(Refused) as refused:
        votes.confirm_intentions(user=user)
    assert refused.value.status == 403
    assert Intention.objects.count() == 1


def test_support_given_and_withdrawn_does_not_come_back_as_an_intention():
    user, proposal = make_user(), make_proposal()
    client = signed_in(user)
    client.post(address(proposal))
    user.residence = make_residence()
    user.save()
    client.post(address(proposal))
    assert list(supported.pending_intentions(user)) == []
    client.post(address(proposal, "retirar-apoyo"))
    user.refresh_from_db()
    assert list(supported.pending_intentions(user)) == []


# --- my supports ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/mi/apoyos/", "/mi/apoyos-pendientes/"])
def test_own_pages_lead_to_sign_in_and_are_not_kept_by_caches(path):
    assert Client().get(path).status_code == 302
    response = signed_in(make_user()).get(path)
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]


def test_own_supports_are_mine_only():
    user, other = make_user(verified=True), make_user(verified=True)
    mine, foreign = make_proposal(title="La mía de verdad"), make_proposal(title="La de otra persona")
    make_support(mine.box, user.residence)
    make_support(foreign.box, other.residence)
    html = signed_in(user).get("/mi/apoyos/").content.decode()
    assert "La mía de verdad" in html
    assert "La de otra persona" not in html


def test_own_supports_of_somebody_unverified_are_nobodys():
    make_support(make_proposal(title="De alguien sin cuenta").box)
    html = signed_in(make_user()).get("/mi/apoyos/").content.decode()
    assert "De alguien sin cuenta" not in html
    assert "verifique que vive en Quito" in html


@pytest.mark.parametrize("path", ["/mi/apoyos/", "/mi/apoyos-pendientes/"])
def test_own_lists_cost_the_same_for_1_and_20_rows(path):
    user = make_user(verified=True)
    client = signed_in(user)

    def cost(n: int) -> int:
        while Support.objects.filter(residence=user.residence).count() < n:
            make_support(make_proposal(parish=make_parish()).box, user.residence)
            Intention.objects.create(user=user, box=make_proposal(parish=make_parish()).box)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    one, twenty = cost(1), cost(20)
    assert one == twenty <= 10


def test_export_names_what_is_supported():
    user, proposal = make_user(verified=True), make_proposal()
    make_support(proposal.box, user.residence)
    make_support(make_proposal().box)
    supported = services.export_own(user)["supported"]
    assert [(s["title"], s["page"]) for s in supported] == [(proposal.title, proposal.get_absolute_url())]
    assert services.export_own(make_user())["supported"] == []


def test_notices_are_in_the_citys_language_whoever_gives_the_last_support():
    proposal = near()
    client = signed_in(make_user(verified=True))
    client.cookies["django_language"] = "en"
    client.post(address(proposal))
    subjects = set(Notice.objects.filter(kind="proposal-reached").values_list("subject", flat=True))
    assert subjects == {"Su propuesta alcanzó su umbral", "Una propuesta que usted apoyó alcanzó su umbral"}
