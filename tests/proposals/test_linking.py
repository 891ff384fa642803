"""Linking a proposal to the one that it repeats: who may, what is refused, who is told, and that nothing moves."""

import threading
import uuid
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from decide.errors import Refused
from decide.notices.models import Notice
from proposals import services
from proposals.duplicates import active_link, end_of, repeating, shown_on
from proposals.models import DuplicateLink, Proposal
from proposals.services import linking
from tests.factories import make_appointment, make_parish, make_proposal, make_support, make_user
from tests.proposals.test_races import at_once

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("1")</script>'


def make_moderator():
    return make_appointment(office="moderator").holder


def link(proposal, original, by=None, **fields):
    return services.link_duplicate(proposal=proposal, original=original, by=by or proposal.author, **fields)


def status_of(act) -> int:
    try:
        act()
    except Refused as refusal:
        return refusal.status
    return 200


def told(user) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def supporter_of(*proposals):
    user = make_user(verified=True)
    for proposal in proposals:
        make_support(proposal.box, user.residence)
    return user


# --- who, and what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"), [("author", 200), ("moderator", 200), ("other_author", 403), ("stranger", 403), ("officer", 403)]
)
def test_the_author_and_moderators_link(who, status):
    proposal, other = make_proposal(), make_proposal()
    people = {
        "author": lambda: proposal.author,
        "moderator": make_moderator,
        "other_author": lambda: other.author,
        "stranger": make_user,
        "officer": lambda: make_appointment(office="participation").holder,
    }
    by = people[who]()
    assert status_of(lambda: link(proposal, other, by)) == status
    assert DuplicateLink.objects.count() == (status == 200)


def test_a_suspended_author_does_not_link():
    proposal = make_proposal()
    proposal.author.suspended_until = timezone.now() + timedelta(days=7)
    proposal.author.save()
    assert status_of(lambda: link(proposal, make_proposal())) == 403


def hide(proposal):
    Proposal.objects.filter(pk=proposal.pk).update(hidden=True)
    proposal.refresh_from_db()
    return proposal


@pytest.mark.parametrize(
    ("other", "status"),
    [
        (lambda: make_proposal(status="draft"), 404),
        (lambda: hide(make_proposal()), 404),
        (lambda: make_proposal(status="withdrawn"), 409),
        (lambda: make_proposal(status="archived"), 200),
        (lambda: make_proposal(status="done"), 200),
        (lambda: make_proposal(parish=make_parish("Nono")), 200),
    ],
    ids=["draft", "hidden", "withdrawn", "archived", "done", "elsewhere"],
)
def test_what_it_may_repeat(other, status):
    proposal = make_proposal()
    assert status_of(lambda: link(proposal, other())) == status


def test_itself_is_refused():
    proposal = make_proposal()
    assert status_of(lambda: link(proposal, proposal)) == 400


def test_a_second_link_is_refused_until_the_first_is_undone():
    proposal = make_proposal()
    first = link(proposal, make_proposal())
    assert status_of(lambda: link(proposal, make_proposal())) == 409
    services.unlink_duplicate(link=first, by=proposal.author, reason="No es lo mismo.")
    assert status_of(lambda: link(proposal, make_proposal())) == 200


def test_a_chain_is_followed_to_its_end_and_makes_no_circle():
    a, b, c, d = (make_proposal() for _n in range(4))
    link(b, c)
    assert link(a, b).original_id == c.pk
    link(c, d)  # what others repeat repeats another: they lead to its end
    assert [end_of(p.pk) for p in (a, b, c, d)] == [d.pk] * 4
    assert set(repeating(d.pk)) == {a.pk, b.pk, c.pk}
    for last in (a, b, c):
        assert status_of(lambda last=last: link(d, last)) == 409
    assert shown_on(d)["link"] is None
    assert {p.pk for p in shown_on(d)["others"]} == {a.pk, b.pk, c.pk}


def test_a_link_to_what_was_hidden_since_is_not_shown():
    a, b, c = make_proposal(), make_proposal(), make_proposal()
    link(a, b)
    link(b, c)
    hide(b)
    assert shown_on(a)["link"].end == c
    assert shown_on(c)["others"] == [a]
    hide(c)
    assert shown_on(a)["link"] is None


def test_a_form_sent_twice_is_one_link():
    proposal, other, key = make_proposal(), make_proposal(), uuid.uuid4()
    assert link(proposal, other, once_key=key) == link(proposal, other, once_key=key)
    assert status_of(lambda: link(make_proposal(), other, once_key=key)) == 409


# --- what stands in the database -----------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["itself", "twice", "circle", "no_reason"])
def test_the_database_keeps_what_a_race_could_break(wrong):
    a, b, c = make_proposal(), make_proposal(), make_proposal()
    DuplicateLink.objects.create(proposal=a, original=b)
    rows = {
        "itself": {"proposal": c, "original": c},
        "twice": {"proposal": a, "original": c},
        "circle": {"proposal": b, "original": a},
        "no_reason": {"proposal": b, "original": c, "undone_at": timezone.now()},
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicateLink.objects.create(**rows[wrong])


@pytest.mark.slow_race
@pytest.mark.django_db(transaction=True)
def test_two_that_link_each_other_at_once_make_one_link():
    for _turn in range(3):
        a, b = make_proposal(), make_proposal()
        results = at_once([lambda a=a, b=b: link(a, b), lambda a=a, b=b: link(b, a)])
        assert sorted(type(r).__name__ for r in results) == ["DuplicateLink", "Refused"]
        assert DuplicateLink.objects.filter(proposal__in=[a, b]).count() == 1


@pytest.mark.slow_race
@pytest.mark.django_db(transaction=True)
def test_four_that_link_in_a_ring_at_once_make_no_circle():
    ring = [make_proposal() for _n in range(4)]
    at_once([lambda a=a, b=b: link(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)])
    assert 1 <= DuplicateLink.objects.active().count() <= 3
    assert any(active_link(p) is None for p in ring)


@pytest.mark.slow_race
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite the immediate transaction is the lock")
def test_control_without_the_locks_a_ring_of_three_closes():
    ring = [make_proposal() for _n in range(3)]
    meeting = threading.Barrier(3)

    def unlocked(*pks):
        return {p.pk: p for p in Proposal.objects.select_related("box", "thread", "author").filter(pk__in=pks)}

    def looked(pk):
        meeting.wait(10)  # everybody has looked, and nobody has linked
        return pk

    with (
        patch.object(linking, "lock_proposals", unlocked),
        patch.object(linking, "end_of", looked),
        patch.object(linking, "_touched"),
        patch.object(linking, "_tell_linked"),
    ):
        at_once([lambda a=a, b=b: link(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)])
    assert all(active_link(p) for p in ring)


# --- nothing moves; who is told --------------------------------------------------------------------------


def test_supporters_are_invited_once_and_no_support_moves():
    first, second, other = make_proposal(), make_proposal(), make_proposal(title="La otra")
    both = supporter_of(first, second)
    already = supporter_of(first, other)
    undecided = supporter_of(first)
    before = {p.pk: p.box.supports for p in (first, second, other)}
    undone = link(first, other)
    services.unlink_duplicate(link=undone, by=first.author, reason="Me equivoqué.")
    link(first, other)
    link(second, other)
    assert told(both) == ["proposal-linked"]
    assert told(undecided) == ["proposal-linked"]
    assert told(already) == []
    assert {p.pk: p.box.supports for p in Proposal.objects.select_related("box")} == before
    notice = Notice.objects.get(recipient=undecided)
    assert notice.path == f"{other.get_absolute_url()}#apoyar"
    assert "La otra" in notice.body
    for person in (first.author, other.author, both):
        assert person.display_name not in notice.subject + notice.body


def test_supporters_of_what_repeats_the_repeated_are_invited_too():
    a, b, c = make_proposal(), make_proposal(), make_proposal()
    neighbour = supporter_of(a)
    link(a, b)
    link(b, c)
    paths = Notice.objects.filter(recipient=neighbour).order_by("pk").values_list("path", flat=True)
    assert list(paths) == [f"{b.get_absolute_url()}#apoyar", f"{c.get_absolute_url()}#apoyar"]


def test_nobody_is_invited_to_what_takes_no_supports():
    proposal = make_proposal()
    neighbour = supporter_of(proposal)
    link(proposal, make_proposal(status="done"))
    assert told(neighbour) == []


def test_the_author_is_told_of_a_moderators_link_and_the_other_author_of_any():
    proposal, other = make_proposal(), make_proposal()
    link(proposal, other, make_moderator())
    assert told(proposal.author) == ["proposal-linked"]
    assert told(other.author) == ["proposal-repeated"]
    assert Proposal.objects.get(pk=proposal.pk).status == "open"


def test_followers_are_told_once_also_of_the_end():
    proposal, other = make_proposal(), make_proposal()
    follower = make_user(verified=True)
    make_support(proposal.box, follower.residence)
    services.follow_list(proposal)
    linking.notices.follow(user=follower, list=proposal.thread.follow_list)
    made = link(proposal, other)
    services.unlink_duplicate(link=made, by=make_moderator(), reason="Son de barrios distintos.")
    assert told(follower) == ["proposal-linked", "proposal-unlinked"]
    assert told(proposal.author) == ["proposal-unlinked"]


def test_withdrawing_with_the_link_tells_supporters_one_thing():
    proposal, other = make_proposal(), make_proposal()
    neighbour = supporter_of(proposal)
    link(proposal, other, withdraw=True)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.withdrawal) == ("withdrawn", "duplicate")
    assert told(neighbour) == ["proposal-linked"]


def test_a_moderator_cannot_withdraw_what_is_not_theirs():
    proposal = make_proposal()
    assert status_of(lambda: link(proposal, make_proposal(), make_moderator(), withdraw=True)) == 409
    assert DuplicateLink.objects.count() == 0


# --- undoing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("author", 200), ("moderator", 200), ("stranger", 403)])
def test_a_link_is_undone_with_a_reason(who, status):
    proposal = make_proposal()
    made = link(proposal, make_proposal(), make_moderator())
    by = {"author": proposal.author, "moderator": make_moderator(), "stranger": make_user()}[who]
    assert status_of(lambda: services.unlink_duplicate(link=made, by=by, reason=" ")) == (
        status if status > 200 else 400
    )
    assert status_of(lambda: services.unlink_duplicate(link=made, by=by, reason="No es lo mismo.")) == status
    if status == 200:
        assert status_of(lambda: services.unlink_duplicate(link=made, by=by, reason="Otra vez.")) == 409
        assert shown_on(proposal)["link"] is None


def test_erased_people_leave_the_link_without_their_name():
    proposal, other = make_proposal(), make_proposal()
    made = link(proposal, other)
    proposal.author.delete()
    made.refresh_from_db()
    assert made.by is None
    assert shown_on(Proposal.objects.get(pk=proposal.pk))["link"] == made


def test_own_data_says_what_repeats_what():
    proposal, other = make_proposal(), make_proposal()
    services.unlink_duplicate(link=link(proposal, other), by=proposal.author, reason="No es lo mismo.")
    [exported] = services.export_own(proposal.author)["proposals"]
    [row] = exported["repeats"]
    assert (row["page"], row["reason"]) == (other.get_absolute_url(), "No es lo mismo.")


# --- pages -------------------------------------------------------------------------------------------------


def test_both_pages_show_it(client):
    proposal, other = make_proposal(title="Luz en la calle"), make_proposal(title="Faroles en la calle")
    link(proposal, other)
    here = client.get(proposal.get_absolute_url()).content.decode()
    assert "Esta propuesta repite" in here
    assert "Faroles en la calle" in here
    there = client.get(other.get_absolute_url()).content.decode()
    assert "También se propuso" in there
    assert "Luz en la calle" in there


def test_the_author_links_by_the_title_of_the_other(client):
    proposal, other = make_proposal(title="Luz para la calle Calicuchima"), make_proposal(title="Luz calle Calicuchima")
    client.force_login(proposal.author)
    address = reverse("proposals:link", args=[proposal.pk])
    assert "Luz calle Calicuchima" in client.get(address).content.decode()
    response = client.post(address, {"other": other.pk})
    assert response.status_code == 302
    assert active_link(proposal).original == other


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("https://decide.example/propuestas/{pk}-{slug}/", True),
        ("/propuestas/{pk}/", True),
        ("{pk}", True),
        ("https://decide.example/propuestas/{pk}-{slug}/?orden=utiles#comentarios", True),
        ("/propuestas/999999999999999/", False),
        ("99999999999999999999999999", False),
        ("la de los faroles", False),
        ("https://example.org/", False),
        (EVIL, False),
        ("", False),
    ],
)
def test_the_author_links_by_an_address(client, typed, found):
    proposal, other = make_proposal(), make_proposal()
    client.force_login(proposal.author)
    typed = typed.format(pk=other.pk, slug=other.slug) if "{pk}" in typed else typed
    response = client.post(reverse("proposals:link", args=[proposal.pk]), {"address": typed})
    assert response.status_code == (302 if found else 400)
    assert EVIL not in response.content.decode()
    assert bool(active_link(proposal)) == found


@pytest.mark.parametrize("hidden", ["draft", "hidden"])
def test_what_is_not_public_is_not_found_by_its_address(client, hidden):
    proposal = make_proposal()
    other = (
        make_proposal(status="draft", title="Secreta") if hidden == "draft" else hide(make_proposal(title="Secreta"))
    )
    client.force_login(proposal.author)
    response = client.post(reverse("proposals:link", args=[proposal.pk]), {"address": str(other.pk)})
    assert response.status_code == 400
    assert "Secreta" not in response.content.decode()


@pytest.mark.parametrize("name", ["link", "unlink"])
@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("stranger", 403), ("stranger_to_a_draft", 404), ("stranger_to_hidden", 404)]
)
def test_pages_are_for_the_author_and_moderators(client, name, who, status):
    proposal = make_proposal(status="draft" if who == "stranger_to_a_draft" else "open")
    if who == "stranger_to_hidden":
        hide(proposal)
    if who != "nobody":
        client.force_login(make_user())
    assert client.get(reverse(f"proposals:{name}", args=[proposal.pk])).status_code == status


def test_unlinking_by_its_page_shows_the_reason_inert(client):
    proposal = make_proposal()
    link(proposal, make_proposal(title=EVIL))
    client.force_login(proposal.author)
    address = reverse("proposals:unlink", args=[proposal.pk])
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": EVIL}).status_code == 302
    html = client.get(proposal.get_absolute_url()).content.decode()
    assert "alert(" in html
    assert EVIL not in html
    assert client.post(address, {"reason": "Otra vez"}).status_code == 409


def test_pages_cost_the_same_for_1_and_20_repeated(client):
    other, author = make_proposal(), make_user()
    counts = []
    for n in (1, 19):
        for _more in range(n):
            DuplicateLink.objects.create(proposal=make_proposal(author=author), original=other)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(other.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
