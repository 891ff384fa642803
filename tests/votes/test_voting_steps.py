"""Voting on the pages: choose, review, confirm, receipt; who may, and what each refusal says."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from decide.accounts.models import AccountSession
from tests.factories import PASSWORD, make_appointment, make_parish, make_poll, make_user
from tests.votes import urna
from votes import clock, services
from votes.models import LiveBallot, Participation, PendingLeaf

pytestmark = pytest.mark.django_db


@pytest.fixture
def parish():
    return make_parish("La Argelia")


@pytest.fixture
def poll(parish):
    return urna.open_poll(questions=(("single", 3),))


@pytest.fixture
def voter(client, parish):
    user = make_user(verified=True, parish=parish)
    client.force_login(user)
    return user


def address(poll):
    return f"{poll.get_absolute_url()}votar/"


def marks(poll, *positions, blank=()):
    """The fields of a ballot with these options marked, a tuple for each question; nothing marked is blank."""
    sent = {"orden": "0123456789abcdef"}
    for number, question in enumerate(poll.questions.all()):
        wanted = positions[number] if number < len(positions) else ()
        keys = [str(o.key) for o in question.options.all() if o.position in wanted]
        sent[f"p-{question.key}"] = keys or ["blanco"]
    return sent


def send(client, poll, sent, step, **more):
    return client.post(address(poll), sent | {"paso": step} | more)


def hidden(response) -> dict:
    """Every hidden field of a step's page, as the browser would send it."""
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", response.content.decode()):
        name, value = (re.search(rf'{what}="([^"]*)"', tag)[1] for what in ("name", "value"))
        if name not in ("csrfmiddlewaretoken", "next"):
            fields.setdefault(name, []).append(value)
    return fields


def vote(client, poll, *positions):
    """All steps from choosing to the receipt, each with what the page before carried."""
    review = send(client, poll, marks(poll, *positions), "revisar")
    assert review.status_code == 200
    return send(client, poll, hidden(review), "emitir")


def code_of(response) -> str:
    return re.search(r"decide1\.[0-9a-f]{32}\.[0-9a-f]{64}\.[^<\s]+", response.content.decode())[0]


def test_ballot_goes_from_choosing_to_a_receipt(client, poll, voter):
    page = client.get(address(poll))
    assert page.status_code == 200
    receipt = vote(client, poll, (2,))

    assert receipt.status_code == 200
    assert code_of(receipt).count(".") == 4
    assert Participation.objects.get().residence == voter.residence
    assert LiveBallot.objects.count() == PendingLeaf.objects.count() == 1


def test_choice_and_commitment_are_in_no_session_mail_log_or_address(client, poll, voter, caplog, mailoutbox):
    caplog.set_level("DEBUG")
    option = str(poll.questions.get().options.get(position=2).key)
    receipt = vote(client, poll, (2,))
    commitment = LiveBallot.objects.get().commitment
    kept = [session.get_decoded() for session in AccountSession.objects.all()]

    assert receipt.request["QUERY_STRING"] == ""
    for secret in (option, commitment, code_of(receipt)):
        assert secret not in str(kept)
        assert secret not in caplog.text
        assert not [mail for mail in mailoutbox if secret in mail.body]
    assert option not in receipt.content.decode()
    assert receipt["Cache-Control"].count("no-store") == 1


def test_blank_is_a_choice_and_nothing_at_all_is_not(client, poll, voter):
    question = poll.questions.get()
    empty = client.post(address(poll), {"orden": "0" * 16, "paso": "revisar"})
    review = send(client, poll, marks(poll), "revisar")
    receipt = send(client, poll, hidden(review), "emitir")

    assert (empty.status_code, review.status_code, receipt.status_code) == (400, 200, 200)
    assert "Hay un problema" in empty.content.decode()
    assert hidden(review)[f"p-{question.key}"] == ["blanco"]
    urna.cast_many(poll, 9)
    closed = urna.close(poll)
    assert closed.totals["questions"][str(question.key)]["blank"] >= 1


def test_form_sent_twice_returns_the_same_receipt(client, poll, voter):
    sent = hidden(send(client, poll, marks(poll, (1,)), "revisar"))
    first, second = (send(client, poll, sent, "emitir") for _n in range(2))

    assert code_of(first).split(".")[:3] == code_of(second).split(".")[:3]
    assert PendingLeaf.objects.count() == 1


def test_changing_the_vote_says_that_it_replaces_and_counts_once(client, poll, voter):
    first = vote(client, poll, (1,))
    page = client.get(address(poll)).content.decode()
    second = vote(client, poll, (2,))
    poll.refresh_from_db()

    assert "reemplaza al anterior" in page
    assert "Reemplazó al anterior" in second.content.decode()
    assert "Reemplazó" not in first.content.decode()
    assert code_of(first) != code_of(second)
    assert (poll.turnout, LiveBallot.objects.count()) == (1, 1)


def test_six_digits_can_be_drawn_again_and_travel_to_the_ballot(client, poll, voter):
    review = send(client, poll, marks(poll, (1,)), "revisar")
    words = {hidden(review)["cifras"][0]}
    for _n in range(3):
        review = send(client, poll, hidden(review), "sortear")
        words.add(hidden(review)["cifras"][0])

    assert len(words) > 1
    assert all(re.fullmatch("[0-9]{6}", word) for word in words)
    assert 'role="status"' in review.content.decode()


def test_order_is_drawn_for_each_voter_and_kept_through_the_steps(client, voter):
    poll = urna.open_poll(questions=(("single", 8),))
    orders = {
        tuple(re.findall(r'value="([0-9a-f-]{36})"', client.get(address(poll)).content.decode())) for _n in "1234"
    }
    review = send(client, poll, marks(poll, (3,)), "revisar")
    again = send(client, poll, hidden(review), "elegir")

    assert len(orders) > 1
    assert hidden(again)["orden"] == ["0123456789abcdef"]
    assert re.search(r"checked", again.content.decode())
    drawn = [str(o.key) for o in again.context["ballot"].asked[0].options]
    assert drawn == [str(o.key) for o in review.context["ballot"].asked[0].options]


def test_over_the_amount_is_refused_with_the_sum_and_what_was_marked(client, voter):
    poll = urna.open_poll(questions=(("budget", 3),))  # 1,000 USD; 400, 500 and 600
    page = send(client, poll, marks(poll, (1, 2, 3)), "revisar")
    text = page.content.decode()

    assert page.status_code == 400
    assert "USD 1.500" in text
    assert "USD 500" in text
    assert text.count("checked") == 3
    assert send(client, poll, marks(poll, (1, 2, 3)), "emitir", cifras="123456").status_code == 400
    assert not PendingLeaf.objects.exists()
    assert send(client, poll, marks(poll, (1, 3)), "revisar").status_code == 200


def test_more_than_may_be_marked_is_refused_with_what_was_marked(client, voter):
    poll = urna.open_poll(questions=(("approval", 4),))  # up to two
    page = send(client, poll, marks(poll, (1, 2, 3)), "revisar")

    assert page.status_code == 400
    assert page.content.decode().count("checked") == 3


# --- who may, and what each refusal says -----------------------------------------------------------------------


def test_stranger_is_told_who_votes_and_comes_back_to_the_ballot(client, poll):
    door = client.get(address(poll))
    posted = send(client, poll, marks(poll, (1,)), "revisar")

    assert door.status_code == 200
    assert f"?next={address(poll)}" in door.content.decode().replace("%2F", "/")
    assert "16 años" in door.content.decode()
    assert posted.headers["Location"] == f"/cuentas/login/?next={address(poll)}"
    option = str(poll.questions.get().options.get(position=1).key)
    assert option not in str([session.get_decoded() for session in AccountSession.objects.all()])


def unverified(_poll):
    return make_user(), None


def elsewhere(poll):
    poll.parishes.set([make_parish("Calderón")])
    return make_user(verified=True, parish=make_parish("La Argelia")), None


def not_seen_at_a_desk(poll):
    poll.level = "desk"
    poll.save()
    user = make_user(verified=True, parish=make_parish("La Argelia"))
    user.residence.level = "register"
    user.residence.save()
    return user, None


def too_young(_poll):
    user = make_user(verified=True, parish=make_parish("La Argelia"))
    user.residence.participates_from = timezone.localdate() + timedelta(days=40)
    user.residence.save()
    return user, None


@pytest.mark.parametrize(
    ("who", "says", "does"),
    [
        (unverified, "3 minutos", "/mi/residencia/"),
        (elsewhere, "Calderón", "/votaciones/"),
        (not_seen_at_a_desk, "en ventanilla", "/ayuda/#ventanillas"),
        (too_young, "16 años", "/"),
    ],
)
def test_refusal_says_why_and_what_to_do(client, who, says, does):
    make_parish("La Argelia")
    poll = make_poll()
    user, _none = who(poll)
    poll = services.open_poll(poll=poll)
    client.force_login(user)
    page = client.get(poll.get_absolute_url()).content.decode()
    refused = send(client, poll, marks(poll, (1,)), "emitir", cifras="123456")

    assert refused.status_code == 403
    for text in (page, refused.content.decode()):
        assert says in text
    assert does in refused.content.decode()
    assert not Participation.objects.exists()


def not_yet(poll):
    return make_poll(opens_at=timezone.now() + timedelta(hours=1))


def over(poll):
    return urna.close(poll)


def annulled(poll):
    officer = make_appointment().holder
    return services.annul_poll(poll=poll, officer=officer, reason="La pregunta estaba mal escrita.")


@pytest.mark.parametrize(
    ("state", "says"), [(not_yet, "todavía no se abre"), (over, "se cerró"), (annulled, "se anuló")]
)
def test_out_of_its_time_nobody_votes(client, poll, voter, state, says):
    poll = state(poll)
    got, posted = client.get(address(poll)), send(client, poll, marks(poll, (1,)), "emitir", cifras="123456")

    assert (got.status_code, posted.status_code) == (409, 409)
    assert says in got.content.decode()
    assert poll.get_absolute_url() in got.content.decode()


def test_a_millisecond_after_the_close_is_too_late_whatever_the_page_says(client, poll, voter):
    sent = hidden(send(client, poll, marks(poll, (1,)), "revisar"))
    with clock.pretend(poll.closes_at + timedelta(milliseconds=1)):
        late = send(client, poll, sent, "emitir")
    with clock.pretend(poll.closes_at - timedelta(milliseconds=1)):
        in_time = send(client, poll, sent, "emitir")

    assert (late.status_code, in_time.status_code) == (409, 200)
    assert PendingLeaf.objects.count() == 1


# --- hostile votes: each its status, none a leaf ---------------------------------------------------------------


def _other_poll(sent, poll):
    other = make_poll().questions.get().options.first()
    return {**sent, f"p-{poll.questions.get().key}": str(other.key)}


def _first(poll):
    return str(poll.questions.get().options.first().key)


def _set(value):
    return lambda sent, poll: {**sent, f"p-{poll.questions.get().key}": value(poll) if callable(value) else value}


def _without(name):
    return lambda sent, poll: {k: v for k, v in sent.items() if k != name}


def _with(**more):
    return lambda sent, poll: {**sent, **more}


HOSTILE = {
    "option of another poll": (_other_poll, 400),
    "option twice": (_set(lambda p: [_first(p), _first(p)]), 400),
    "two options of one": (_set(lambda p: [str(o.key) for o in p.questions.get().options.all()]), 400),
    "option and blank": (_set(lambda p: [_first(p), "blanco"]), 400),
    "negative": (_set("-1"), 400),
    "number of the row": (_set(lambda p: str(p.questions.get().options.first().pk)), 400),
    "huge": (_set("9" * 5000), 400),
    "key in capitals": (_set(lambda p: _first(p).upper()), 400),
    "key without hyphens": (_set(lambda p: _first(p).replace("-", "")), 400),
    "empty": (_set(""), 400),
    "NUL": (_set("\x00"), 400),
    "question missing": (lambda sent, poll: {k: v for k, v in sent.items() if not k.startswith("p-")}, 400),
    "voter": (_with(voter="1"), 400),
    "weight": (_with(weight="2"), 400),
    "parish": (_with(parish="170150"), 400),
    "step missing": (_without("paso"), 400),
    "step twice": (_with(paso=["emitir", "emitir"]), 400),
    "unknown step": (_with(paso="contar"), 400),
    "word missing": (_without("cifras"), 400),
    "word of letters": (_with(cifras="12345a"), 400),
    "word of other digits": (_with(cifras="١٢٣٤٥٦"), 400),
    "word too long": (_with(cifras="1234567"), 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ballot_gets_its_status_and_leaves_no_leaf(client, poll, voter, name):
    twist, status = HOSTILE[name]
    sent = twist({**marks(poll, (1,)), "paso": "emitir", "cifras": "123456"}, poll)

    assert client.post(address(poll), sent).status_code == status
    assert not PendingLeaf.objects.exists()
    assert not Participation.objects.exists()


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_what_is_not_announced_is_missing_for_everybody_else(client, voter, status):
    poll = make_poll(status=status)
    for path in ("", "votar/", "comprobar/", "cabezas.atom", "hoja/", "exportar/rules.json"):
        assert client.get(f"{poll.get_absolute_url()}{path}").status_code == 404
    assert send(client, poll, marks(poll, (1,)), "emitir", cifras="123456").status_code == 404
    assert client.get(f"/votaciones/{poll.pk}/").status_code == 404


# --- light, and said aloud once ----------------------------------------------------------------------------------


def test_from_login_to_receipt_weighs_at_most_150_kB(client, settings):
    """Everything that a cold phone fetches: pages, styles and scripts, gzipped."""
    user = make_user(verified=True, parish=make_parish("La Argelia"))
    poll = urna.open_poll(questions=(("single", 4), ("approval", 6), ("budget", 8)))
    asked = {"accept-encoding": "gzip"}
    pages = [client.get(f"/cuentas/login/?next={address(poll)}", headers=asked)]
    pages.append(client.post("/cuentas/login/", {"login": user.email, "password": PASSWORD}, headers=asked))
    client.force_login(user)
    pages.append(client.get(poll.get_absolute_url(), headers=asked))
    pages.append(client.get(address(poll), headers=asked))
    sent = marks(poll, (1,), (1, 2), (1,))
    pages.append(client.post(address(poll), sent | {"paso": "revisar"}, headers=asked))
    cast = sent | {"paso": "emitir", "cifras": "123456"}
    pages.append(client.post(address(poll), cast, headers=asked))
    assert [page.status_code for page in pages] == [200, 302, 200, 200, 200, 200]

    files, weight = set(), 0
    for page in pages:
        html = gzip.decompress(page.content).decode() if page.get("Content-Encoding") == "gzip" else ""
        weight += len(page.content)
        files |= set(re.findall(r'(?:href|src)="/static/([^"]+)"', html))
    weight += sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files)
    assert len(files) >= 5
    assert weight <= 150_000


def test_receipt_announces_itself_once(client, poll, voter):
    text = vote(client, poll, (1,)).content.decode()
    main = text[text.index("<main") : text.index("</main>")]

    assert main.count('role="status"') == 1
    assert "Su voto quedó guardado" in main
    assert "Comprobante de voto" in main
