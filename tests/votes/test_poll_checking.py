"""What observers use: heads on a page, in a feed and on a sheet; files; receipts and saved heads that are judged."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.factories import make_appointment, make_parish, make_poll
from tests.votes import urna
from votes import keys, services, verificar
from votes.models import Head, LogEntry, PublishedBallot
from votes.services.sequencing import head_line

pytestmark = pytest.mark.django_db


def check(poll):
    return f"{poll.get_absolute_url()}comprobar/"


def ask(client, poll, kept):
    page = client.post(check(poll), {"kept": kept})
    return page.context["verdict"]


@pytest.fixture
def poll():
    poll = urna.open_poll()
    poll.receipts = [receipt for _residence, receipt in urna.cast_many(poll, 12)]
    services.sequence(poll=poll)
    return poll


def test_receipt_is_found_in_the_log_while_the_poll_is_open(client, poll):
    verdict = ask(client, poll, poll.receipts[3].code)
    assert verdict.good is True
    assert "hoja" in verdict.lines[0]


def test_receipt_that_still_waits_says_until_when(client, poll):
    receipt = urna.cast(poll)
    verdict = ask(client, poll, receipt.code)
    assert verdict.good is None
    assert "Todavía no" in verdict.title


def test_receipt_of_a_changed_vote_says_so(client, poll):
    make_parish()
    residence = urna.make_residence(make_parish())
    first = urna.cast(poll, residence)
    urna.cast(poll, residence)
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    assert "se cambió" in ask(client, poll, first.code).title


def test_receipt_shows_after_the_close_how_it_was_counted(client, poll):
    receipt = urna.cast(poll, choices=urna.choose(poll, (2,)), word="424242")
    urna.close(poll)
    verdict = ask(client, poll, receipt.code)
    assert verdict.good is True
    assert any("Opción 2" in line for line in verdict.lines)
    assert any("424242" in line for line in verdict.lines)


def test_missing_vote_is_an_alarm(client, poll):
    receipt = poll.receipts[0]
    urna.close(poll)
    for entry in LogEntry.objects.filter(poll=poll):
        if receipt.commitment.encode() in bytes(entry.body):
            entry.delete()
    PublishedBallot.objects.filter(commitment=receipt.commitment).delete()
    assert ask(client, poll, receipt.code).good is False


@pytest.mark.parametrize(
    "kept", ["decide1.nada", "hola", "f" * 63, "{", "{}", '{"size": 1e99}', "[]", "null", "0" * 64, "\x00", "{" * 900]
)
def test_what_is_no_receipt_gets_a_sentence_and_no_alarm(client, poll, kept):
    page = client.post(check(poll), {"kept": kept})
    assert page.status_code in (200, 400)
    if page.status_code == 200:
        assert page.context["verdict"].good is None


def test_forged_receipt_and_receipt_of_another_poll_are_told_apart(client, poll):
    code = poll.receipts[0].code
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert "firma" in ask(client, poll, forged).title
    other = urna.open_poll()
    assert "otra votación" in ask(client, other, code).title


def test_code_may_come_with_its_address_or_with_line_breaks(client, poll):
    code = poll.receipts[0].code
    assert ask(client, poll, f"http://x/comprobar/#{code}").good is True
    assert ask(client, poll, code[:70] + "\n  " + code[70:]).good is True


def test_saved_head_is_the_same_or_an_alarm(client, poll):
    head = Head.objects.filter(poll=poll).order_by("-size").first()
    line = head_line(head).decode()
    printed = f"{head.size} {head.root[:16]}"
    assert ask(client, poll, line).good is True
    assert ask(client, poll, printed).good is True
    assert ask(client, poll, line.replace(head.root[:4], "beef")).good is None  # not what we signed

    # The operator rewrites the log with the real key: who saved the head sees it.
    Head.objects.filter(pk=head.pk).update(root="0" * 64)
    assert ask(client, poll, line).good is False
    assert ask(client, poll, printed).good is False
    Head.objects.filter(pk=head.pk).delete()
    assert ask(client, poll, line).good is False


def test_receipt_and_choices_stay_out_of_addresses_and_sessions(client, poll, caplog):
    code = poll.receipts[0].code
    page = client.post(check(poll), {"kept": code})
    assert page.request["QUERY_STRING"] == ""
    assert code not in caplog.text
    assert code not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_page_has_rules_fingerprint_files_and_limits(client, poll):
    page = client.get(check(poll)).content.decode()
    assert poll.rules_hash in page
    assert keys.fingerprint()[:4] in page
    for name in ("rules.json", "log.jsonl", "heads.jsonl", "verificar.py", "cabezas.atom"):
        assert name in page
    assert "De qué no protege" in page


def test_feed_is_atom_with_each_head_whole(client, poll):
    response = client.get(f"{poll.get_absolute_url()}cabezas.atom")
    root = ET.fromstring(response.content)
    space = "{http://www.w3.org/2005/Atom}"
    entries = [json.loads(entry.find(f"{space}summary").text) for entry in root.iter(f"{space}entry")]

    assert response["Content-Type"].startswith("application/atom+xml")
    assert [entry["size"] for entry in entries] == [13, 1]
    assert all(entry["poll"] == str(poll.key) for entry in entries)


def test_sheet_has_the_newest_heads_and_the_fingerprint(client, poll):
    page = client.get(f"{poll.get_absolute_url()}hoja/").content.decode()
    head = Head.objects.filter(poll=poll).order_by("-size").first()
    assert head.root in page
    assert keys.fingerprint() in re.sub(r"\s", "", page)


def test_files_are_served_as_the_verifier_wants_them(client, poll):
    urna.close(poll)
    base = f"{poll.get_absolute_url()}exportar/"
    files = {
        name: b"".join(client.get(f"{base}{name}").streaming_content)
        for name in ("rules.json", "log.jsonl", "heads.jsonl", "ballots.jsonl")
    }
    assert verificar.verify(files)["ok"]
    assert client.get(f"{base}settings.py").status_code == 404
    assert client.get("/votaciones/verificar.py").content == Path(verificar.__file__).read_bytes()


def test_ballots_are_no_file_before_the_close(client, poll):
    assert client.get(f"{poll.get_absolute_url()}exportar/ballots.jsonl").status_code == 404


def test_announced_poll_has_nothing_to_check_yet(client):
    poll = make_poll()
    assert client.get(check(poll)).status_code == 404
    services.annul_poll(poll=poll, officer=make_appointment().holder, reason="Se anunció con otra fecha.")
    assert client.get(check(poll)).status_code == 404
    assert client.get(poll.get_absolute_url()).status_code == 200
