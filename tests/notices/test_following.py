"""Following a proposal or a parish: from its page, kept through sign-in, and who is told what."""

import pytest
from django.test import Client

from decide.comments import services as comments
from decide.notices import services
from decide.notices.models import Announcement, Follow, FollowList, Notice
from decide.notices.services import telling
from proposals import services as proposals
from tests.factories import PASSWORD, make_category, make_parish, make_proposal, make_user

pytestmark = pytest.mark.django_db
EVIL = "<script>alert('a')</script>"


def make_list(**fields):
    fields = {"title": "Un parque", "path": "/propuestas/1-un-parque/", "about": "proposal:1", **fields}
    return services.make_list(**fields)


def tell(lists, **fields):
    fields = {"kind": "prueba", "key": "prueba:1", "subject": "Hay algo nuevo", "body": "Un paso.", **fields}
    return services.tell_followers(lists, **fields)


def told():
    return {(notice.recipient, notice.group) for notice in Notice.objects.select_related("recipient")}


# --- who is told --------------------------------------------------------------------------------------------


def test_followers_are_told_once_by_what_is_nearest():
    thread, parish = make_list(), services.list_of_parish(make_parish())
    author, neighbour, reader, both, actor, stranger = (make_user() for _n in range(6))
    services.follow(user=author, list=thread, own=True)
    services.follow(user=author, list=parish)
    services.follow(user=neighbour, list=parish)
    for person in (both, actor, reader):
        services.follow(user=person, list=thread)
    services.follow(user=both, list=parish)
    assert tell([thread, None, parish], exclude=[actor, None]) == 4
    assert told() == {(author, "own"), (neighbour, "parish"), (reader, "following"), (both, "following")}
    assert tell(thread, exclude=[actor]) == 0
    assert stranger.notices.count() == 0


@pytest.mark.parametrize("lists", [None, [], [None]])
def test_nothing_that_anybody_follows_tells_nobody(lists):
    assert tell(lists) == 0
    assert not Notice.objects.exists()


def test_closed_accounts_are_not_told():
    thread, gone = make_list(), make_user(is_active=False)
    services.follow(user=gone, list=thread)
    assert tell(thread) == 0


def test_many_followers_are_told_by_the_worker_and_a_page_waits_for_few(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(telling, "AT_ONCE", 3)
    monkeypatch.setattr(telling, "CHUNK", 4)
    thread, people = make_list(), [make_user() for _n in range(12)]
    for person in people:
        services.follow(user=person, list=thread)
    assert tell(thread, exclude=[people[5]]) == 3
    assert Announcement.objects.count() == 1
    services.unfollow(user=people[11], list=thread)  # before it was told: it is not
    assert services.write_announcements(None) == 7
    assert not Announcement.objects.exists()
    assert {n.recipient for n in Notice.objects.all()} == set(people) - {people[5], people[11]}
    assert services.write_announcements(None) == 0


def test_announcement_that_died_half_way_goes_on_and_tells_nobody_twice(monkeypatch):
    monkeypatch.setattr(telling, "AT_ONCE", 1)
    monkeypatch.setattr(telling, "CHUNK", 2)
    thread, people = make_list(), [make_user() for _n in range(6)]
    for person in people:
        services.follow(user=person, list=thread)
    tell(thread)
    assert telling._write_part() == 2
    assert services.write_announcements(None, stopped=lambda: True) == 0
    Announcement.objects.update(after=0)  # as if its own note had been lost
    services.write_announcements(None)
    assert sorted(Notice.objects.values_list("recipient", flat=True)) == [person.pk for person in people]


# --- proposals and comments -----------------------------------------------------------------------------------


def test_author_follows_from_publication_and_the_parish_is_told():
    parish, author, neighbour = make_parish(), make_user(), make_user()
    services.follow(user=neighbour, list=services.list_of_parish(parish))
    services.follow(user=author, list=services.list_of_parish(parish))
    draft = proposals.draft_proposal(
        author=author, title="Un parque", summary="Con árboles.", category=make_category(), parish=parish
    )
    assert not Follow.objects.filter(user=author, own=True).exists()
    proposal = proposals.publish_proposal(proposal=draft)
    proposals.publish_proposal(proposal=draft)
    own = Follow.objects.get(user=author, own=True).list
    assert (own.title, own.path, own.about) == ("Un parque", proposal.get_absolute_url(), f"proposal:{proposal.pk}")
    assert told() == {(neighbour, "parish")}
    assert Notice.objects.get().about == f"proposal:{proposal.pk}"


def test_proposal_of_the_whole_district_is_published_without_a_parish_to_tell():
    draft = proposals.draft_proposal(author=make_user(), title="Uno", summary="Dos.", category=make_category())
    proposals.publish_proposal(proposal=draft)
    assert not Notice.objects.exists()


def test_new_title_is_the_name_of_what_is_followed():
    author = make_user()
    proposal = make_proposal(author=author)
    proposals.follow_list(proposal)
    edited = proposals.edit_proposal(proposal=proposal, editor=author, version=proposal.version, title="Otro título")
    followed = FollowList.objects.get()
    assert (str(followed), followed.get_absolute_url()) == ("Otro título", edited.get_absolute_url())


def test_comments_are_told_to_followers_once_a_day_never_to_who_wrote():
    author, reader, writer = make_user(), make_user(), make_user()
    proposal = make_proposal(author=author)
    thread = proposal.thread
    for person in (reader, writer):
        services.follow(user=person, list=proposals.follow_list(proposal))
    thread.refresh_from_db()
    for _n in range(2):
        comments.add_comment(thread=thread, author=writer, body="Estoy de acuerdo.")
    assert told() == {(author, "own"), (reader, "following")}
    assert Notice.objects.count() == 2
    assert proposal.title in Notice.objects.get(recipient=reader).body


def test_author_who_stopped_following_is_not_told_of_comments():
    author = make_user()
    proposal = make_proposal(author=author)
    services.unfollow(user=author, list=proposals.follow_list(proposal))
    comments.add_comment(thread=proposal.thread, author=make_user(), body="Estoy de acuerdo.")
    assert not Notice.objects.exists()


# --- the buttons ----------------------------------------------------------------------------------------------


@pytest.fixture
def places():
    parish = make_parish()
    return {"parish": parish.get_absolute_url(), "proposal": make_proposal(parish=parish).get_absolute_url()}


@pytest.mark.parametrize("what", ["parish", "proposal"])
def test_follow_and_stop_from_the_page(client, places, what):
    person, address = make_user(), places[what]
    client.force_login(person)
    assert "Dejar de seguir" not in client.get(address).content.decode()
    for _twice in range(2):
        response = client.post(f"{address}seguir/")
        assert (response.status_code, response.url) == (303, f"{address}#seguir")
    assert person.follows.count() == 1
    assert "Dejar de seguir" in client.get(address).content.decode()
    for _twice in range(2):
        client.post(f"{address}dejar-de-seguir/")
    assert person.follows.count() == 0


@pytest.mark.parametrize("what", ["parish", "proposal"])
def test_tap_before_signing_in_is_kept_and_becomes_a_follow(client, places, what):
    person, address = make_user(), places[what]
    response = client.post(f"{address}seguir/")
    assert response.status_code == 302
    assert response.url.startswith("/cuentas/login/")
    assert "Lo seguirá cuando entre" in client.get(address).content.decode()
    assert not Follow.objects.filter(user=person).exists()
    client.post(response.url, {"login": person.email, "password": PASSWORD})
    assert person.follows.count() == 1
    assert "Usted lo sigue" in client.get(address).content.decode()


def test_tap_that_was_taken_back_before_signing_in_is_forgotten(client, places):
    person, address = make_user(), places["proposal"]
    client.post(f"{address}seguir/")
    client.post(f"{address}dejar-de-seguir/")
    client.post("/cuentas/login/", {"login": person.email, "password": PASSWORD})
    assert person.follows.count() == 0


def test_looking_follows_nothing_and_a_draft_cannot_be_followed(client, places):
    author = make_user()
    client.force_login(author)
    for address in places.values():
        for end in ("seguir/", "dejar-de-seguir/"):
            assert client.get(address + end).status_code == 302
    draft = make_proposal(author=author, status="draft").get_absolute_url()
    assert client.post(f"{draft}seguir/").status_code == 404
    assert not Follow.objects.filter(user=author).exists()


# --- what I follow ----------------------------------------------------------------------------------------------


def test_list_of_what_i_follow_shows_only_mine_and_stops_there(client):
    ana, luis = make_user(), make_user()
    parish, proposal = make_parish("Calderón"), make_proposal(title=f"Un parque {EVIL}")
    for person in (ana, luis):
        services.follow(user=person, list=services.list_of_parish(parish))
    thread = proposals.follow_list(proposal)
    services.follow(user=ana, list=thread)
    client.force_login(ana)
    page = client.get("/mi/avisos/sigo/").content.decode()
    assert parish.get_absolute_url() in page
    assert proposal.get_absolute_url() in page
    assert EVIL not in page
    assert EVIL not in client.get("/mi/avisos/").content.decode()
    for _twice in range(2):
        assert client.post("/mi/avisos/sigo/dejar/", {"lista": thread.pk}).status_code == 302
    assert [follow.list.parish for follow in ana.follows.all()] == [parish]
    assert luis.follows.count() == 1


def test_what_was_hidden_is_named_nowhere_in_what_i_follow(client):
    ana, proposal = make_user(), make_proposal(title="Un título secreto")
    services.follow(user=ana, list=proposals.follow_list(proposal))
    client.force_login(ana)
    assert "secreto" in client.get("/mi/avisos/").content.decode()
    proposal.status = "draft"
    proposal.save()
    for address in ("/mi/avisos/", "/mi/avisos/sigo/"):
        assert "secreto" not in client.get(address).content.decode()
    assert "ya no está disponible" in client.get("/mi/avisos/sigo/").content.decode()


def test_list_of_what_i_follow_costs_the_same_for_one_and_twenty(client, django_assert_max_num_queries):
    ana, counts = make_user(), []
    client.force_login(ana)
    for n in range(20):
        services.follow(user=ana, list=proposals.follow_list(make_proposal()))
        if n in (0, 19):
            for address in ("/mi/avisos/sigo/", "/mi/avisos/"):
                with django_assert_max_num_queries(10) as queries:
                    client.get(address)
                counts.append(len(queries))
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "9" * 30, "²"])
def test_stopping_nonsense_stops_nothing(client, value):
    ana = make_user()
    services.follow(user=ana, list=make_list())
    client.force_login(ana)
    assert client.post("/mi/avisos/sigo/dejar/", {"lista": value}).status_code == 302
    assert ana.follows.count() == 1


def test_what_i_follow_needs_a_person():
    for address in ("/mi/avisos/sigo/", "/mi/avisos/preferencias/"):
        assert Client().get(address).url.startswith("/cuentas/")


def test_own_follows_are_exported_and_erased():
    ana = make_user()
    services.follow(user=ana, list=services.list_of_parish(make_parish("Calderón")))
    services.set_preferences(user=ana, frequencies={"reply": "weekly"})
    exported = services.export_own(ana)
    assert [follow["title"] for follow in exported["follows"]] == ["Calderón"]
    assert exported["preferences"] == {"reply": "weekly"}
    services.erase_own(ana)
    assert services.export_own(ana) == {"notices": [], "follows": [], "preferences": {}}
