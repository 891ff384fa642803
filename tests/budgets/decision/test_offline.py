"""What was filled in without internet: received once, read with suspicion, applied by two, corrected by paper."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from budgets import services
from budgets.models import OfflineFile, Request
from decide.assemblies import services as assemblies
from decide.assemblies.models import HandCount, Minutes, Session
from decide.errors import Refused
from tests.assemblies.halls import make_hall
from tests.budgets.decision.parishes import make_place
from tests.factories import make_parish, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def place():
    """Called for ten minutes ago, nobody accredited yet; its rules are fixed; one is to be voted by phones."""
    place = make_place(status="called", present=0)
    place.fix(ways=["hands", "phones", "hands"])
    return place


def content_of(place, votes=(5, 4, 3), present=5, **changed) -> dict:
    at = (timezone.now() - timedelta(minutes=5)).isoformat(timespec="seconds")
    return {
        "format": "decide-asamblea-1",
        "decision": place.decision.pk,
        "seed": place.decision.seed,
        "finished": True,
        "secretary": "Paulina E.",
        "reader": "Óscar T.",
        "opened_at": at,
        "closed_at": at,
        "present": [
            {"seat": seat.pk, "appointment": seat.principal_id, "at": at} for seat in place.hall.seats[:present]
        ],
        "counts": [
            {"id": str(asked.pk), "votes": n, "again": n, "at": at}
            for asked, n in zip(place.requests, votes, strict=True)
        ],
        "observations": "Se fue la luz a las 18:00.",
        "result": {"winners": [str(place.requests[n].pk) for n in (0, 2)], "cost": 9_000_000},
    } | changed


def send(place, content, officer=None):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return services.receive_offline(decision=place.decision, officer=officer or place.secretary, data=data)


def test_file_is_applied_by_a_second_person_and_decides(place):
    kept, new = send(place, content_of(place))
    assert new
    assert kept.differences == ["«Baterías sanitarias» se iba a votar con el teléfono y se votó a mano alzada."]
    with pytest.raises(Refused) as same_person:
        services.apply_offline(file=kept, officer=place.secretary)
    assert same_person.value.status == 403

    services.apply_offline(file=kept, officer=place.zonal)

    session = Session.objects.get(pk=place.hall.session.pk)
    assert (session.status, session.opened_at.isoformat(timespec="seconds")) == ("held", kept.content["opened_at"])
    assert list(session.attendances.values_list("means", flat=True)) == ["offline"] * 5
    counts = HandCount.objects.order_by("item__position").values_list("votes", "entered_by", "confirmed_by")
    assert list(counts) == [(n, place.secretary.pk, place.zonal.pk) for n in (5, 4, 3)]
    assert place.outcomes() == {"Adoquinado": "funded", "Baterías sanitarias": "reserve", "Casa comunal": "funded"}
    assert "Se fue la luz" in session.observations
    assert kept.sha256 in session.observations


def test_file_sent_twice_and_applied_twice_changes_nothing(place):
    kept, _new = send(place, content_of(place))
    reordered = json.dumps(dict(reversed(kept.content.items())), indent=4).encode()
    assert send(place, reordered, place.zonal) == (kept, False)
    services.apply_offline(file=kept, officer=place.zonal)
    applied = services.apply_offline(file=kept, officer=place.zonal).applied_at
    assert OfflineFile.objects.get().applied_at == applied
    assert HandCount.objects.count() == 3
    other, new = send(place, content_of(place, votes=(1, 1, 1)))
    assert new
    assert "el archivo dice 1 votos y el servidor 5" in other.differences[0]
    with pytest.raises(Refused):
        services.apply_offline(file=other, officer=place.zonal)


def test_what_the_server_has_is_laid_beside(place):
    assemblies.accredit(session=place.hall.session, appointment=place.hall.seats[5].principal, officer=place.secretary)
    assemblies.accredit(session=place.hall.session, appointment=place.hall.seats[0].alternate, officer=place.secretary)
    wrong = content_of(place, result={"winners": [], "cost": 0})
    kept, _new = send(place, wrong)
    said = " ".join(kept.differences)
    assert "está en la lista del servidor y no en el archivo" in said
    assert "El puesto de" in said
    assert "vale el de la regla" in said


def hostile(place) -> dict:
    """Each file that must be refused with 400, by what is wrong with it."""
    good, other = content_of(place), make_hall(seats=1, parish=make_parish("Quitumbe"))
    seat = good["present"][0]
    row = good["counts"][0]

    def present(*rows):
        return good | {"present": list(rows)}

    def counts(**changed):
        return good | {"counts": [row | changed, *good["counts"][1:]]}

    foreign = other.seats[0]
    return {
        "empty": b"",
        "no JSON": b"<html>",
        "not UTF-8": b"\xff\xfe\x00{",
        "deep": b"[" * 100_000,
        "huge number": json.dumps(good).replace('"votes": 5', '"votes": 1' + "0" * 30).encode(),
        "endless number": json.dumps(good).replace('"votes": 5', '"votes": 1' + "0" * 9000).encode(),
        "fraction": json.dumps(good).replace('"votes": 5', '"votes": 1.5e999').encode(),
        "NaN": json.dumps(good).replace('"votes": 5', '"votes": NaN').encode(),
        "large": b" " * 1_000_001,
        "a list": [],
        "another decision": good | {"decision": place.decision.pk + 1},
        "true for a number": good | {"decision": True},
        "another seed": good | {"seed": "otra"},
        "unfinished": good | {"finished": False},
        "one more member": good | {"admin": True},
        "one less": {k: v for k, v in good.items() if k != "reader"},
        "one person": good | {"reader": "paulina e."},
        "nameless": good | {"reader": "\u200b \x00"},
        "a number as a name": good | {"reader": 5},
        "half a letter": good | {"reader": "Ana \ud800"},
        "no date": good | {"opened_at": "ayer"},
        "date without a zone": good | {"opened_at": "2026-01-01T10:00:00"},
        "impossible date": good | {"opened_at": "0001-01-01T00:00:00+23:59"},
        "closed before it opened": good | {"closed_at": "2020-01-01T00:00:00Z"},
        "seat twice": present(seat, seat),
        "foreign seat": present(seat | {"seat": foreign.pk, "appointment": foreign.principal_id}),
        "foreign delegate": present(seat | {"appointment": foreign.principal_id}),
        "unknown seat": present(seat | {"seat": 10**9}),
        "seats as text": good | {"present": "todos"},
        "count missing": good | {"counts": good["counts"][1:]},
        "count twice": good | {"counts": [row, *good["counts"][:2]]},
        "counts differ": counts(again=4),
        "more votes than people": counts(votes=6, again=6),
        "negative": counts(votes=-1, again=-1),
        "votes as text": counts(votes="5", again="5"),
        "id as a number": counts(id=place.requests[0].pk),
        "long text": good | {"observations": "a" * 3001},
        "no result": good | {"result": None},
        "strange result": good | {"result": {"winners": [1], "cost": 0}},
    }


def test_hostile_files_are_refused_with_a_sentence(client, place):
    client.force_login(place.secretary)
    for what, content in hostile(place).items():
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        upload = SimpleUploadedFile("a\x00<b>.json", data)
        response = client.post(f"{place.page}archivos/", {"file": upload})
        assert response.status_code == 400, what
        assert "Hay un problema" in response.content.decode(), what
    assert not OfflineFile.objects.exists()


def test_file_belongs_to_the_table(client, place):
    stranger = make_hall(seats=1, parish=make_parish("Quitumbe")).secretary
    kept, _new = send(place, content_of(place))
    addresses = ["sin-internet/", "papel/", "archivos/", f"archivos/{kept.pk}/"]
    assert client.get(f"{place.page}papel/").status_code == 302
    for user in (make_user(), stranger, place.hall.delegate(0)):
        client.force_login(user)
        assert {client.get(place.page + address).status_code for address in addresses} == {403}
        assert client.post(f"{place.page}archivos/{kept.pk}/").status_code == 403
    client.force_login(place.zonal)
    assert {client.get(place.page + address).status_code for address in addresses} == {200}
    assert client.get(f"{place.page}archivos/{kept.pk + 1}/").status_code == 404


def test_offline_page_is_one_file_that_asks_for_nothing(client, place, capsys):
    Request.objects.filter(pk=place.requests[0].pk).update(title="</script><script>alert(1)</script>")
    client.force_login(place.secretary)
    response = client.get(f"{place.page}sin-internet/")
    assert response["Content-Disposition"].startswith("attachment")
    html = response.content.decode()
    assert "alert(1)</script>" not in html
    assert "src=" not in html
    assert "<link" not in html
    call_command("offline_file", place.decision.year.year, place.decision.parish.code)
    assert capsys.readouterr().out == html


def test_signed_paper_corrects_a_count_by_two_people_and_the_result_follows(client, place):
    kept, _new = send(place, content_of(place))
    services.apply_offline(file=kept, officer=place.zonal)
    candidate = place.decision.candidates.get(request=place.requests[2])
    says = {"votes": 0, "reason": "El acta firmada dice 0.", "decision": place.decision, "candidate": candidate}
    with pytest.raises(Refused):  # not signed yet
        services.correct_from_paper(officer=place.secretary, **says)
    assemblies.lock_minutes(session=place.hall.session, officer=place.secretary)
    Minutes.objects.update(scan="actas/firmada.pdf", scan_sha256="0" * 64)
    assemblies.lock_minutes(session=place.hall.session, officer=place.zonal)
    files = reverse("budgets:offline_files", args=[2027, place.decision.parish.slug])
    client.force_login(place.secretary)
    typed = {"candidate": candidate.pk, "votes": 0, "reason": "El acta firmada dice 0."}
    assert client.post(f"{place.page}acta-firmada/", typed).status_code == 303
    assert place.outcomes()["Casa comunal"] == "funded"
    assert "el acta dice 0 votos; antes constaban 3" in client.get(files).content.decode()
    confirm = f"{place.page}acta-firmada/{candidate.pk}/"
    assert client.post(confirm).status_code == 403
    client.force_login(place.zonal)
    assert client.post(confirm).status_code == 303
    assert place.outcomes()["Casa comunal"] == "not_funded"
    assert Request.objects.get(pk=place.requests[2].pk).status == "not_funded"
    correction = Minutes.objects.get().corrections.get()
    assert "el acta firmada dice 0 votos; antes constaban 3" in correction.text
