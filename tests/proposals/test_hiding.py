"""Proposals, photos and documents that moderators hide; images that wait; edits after a decision; suspended authors."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from decide.answers.models import Answer
from decide.answers.services.shared import lock_answer
from decide.comments import services as comments
from decide.errors import Refused
from decide.images import clean_photo
from decide.live.states import read_topics
from decide.moderation import services as moderation
from decide.moderation.models import ModerationCase
from proposals import services
from proposals.models import Proposal, ProposalPhoto
from proposals.versions import public_versions
from tests.factories import make_category, make_parish, make_proposal, make_support, make_user
from tests.moderation.tools import decide, make_moderator
from tests.proposals.files import jpeg
from votes import services as votes

pytestmark = pytest.mark.django_db
State = ModerationCase.State


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def act(thing, action="hide", by=None):
    return decide(moderation.case_of(thing=thing), by or make_moderator(), action, "insult" if action == "hide" else "")


def add_photo(proposal, **fields):
    return services.add_photo(proposal=proposal, image=clean_photo(ContentFile(jpeg(), name="foto.jpg")), **fields)


def edit(proposal, **changes):
    proposal = fresh(proposal)
    return services.edit_proposal(proposal=proposal, editor=proposal.author, version=proposal.version, **changes)


# --- a hidden proposal ------------------------------------------------------------------------------------


def test_hidden_proposal_takes_no_support_and_no_comment_until_it_is_restored():
    proposal, resident = make_proposal(), make_user(verified=True)
    seen_before = Proposal.objects.select_related("box", "thread").get(pk=proposal.pk)
    act(proposal)

    with pytest.raises(Refused) as refusal:  # a page that was opened before
        services.support_proposal(proposal=seen_before, user=resident)
    assert refusal.value.status == 404
    with pytest.raises(Refused) as refusal:
        comments.add_comment(thread=proposal.thread, author=resident, body="Hola")
    assert refusal.value.status == 404
    topics = [f"proposal:{proposal.pk}", f"thread:{proposal.thread_id}", f"support:{proposal.box_id}"]
    assert read_topics(topics) == [{"topic": topic, "gone": True} for topic in topics]

    act(proposal, "restore")
    services.support_proposal(proposal=Proposal.objects.select_related("box").get(pk=proposal.pk), user=resident)
    comments.add_comment(thread=proposal.thread, author=resident, body="Hola")
    states = [message["state"] for message in read_topics(topics)]
    assert (states[0]["supports"], states[0]["comments"], states[2]["supports"]) == (1, 1, 1)


def test_versions_of_topics_only_grow_over_hiding_and_restoring():
    proposal = make_proposal()
    topics = [f"proposal:{proposal.pk}", f"thread:{proposal.thread_id}", f"support:{proposal.box_id}"]
    before = [message["version"] for message in read_topics(topics)]
    act(proposal)
    act(proposal, "restore")

    after = [message["version"] for message in read_topics(topics)]
    assert all(new > old for old, new in zip(before, after, strict=True))


def test_answer_of_a_hidden_proposal_cannot_be_worked_on():
    proposal = make_proposal(status="review")
    answer = proposal.answer
    counts = Answer.objects.counts()
    act(proposal)

    assert Answer.objects.counts() == counts | {"pending": 0}
    with pytest.raises(Refused) as refusal:
        lock_answer(answer.pk)
    assert refusal.value.status == 404
    act(proposal, "restore")
    assert Answer.objects.counts() == counts


def test_author_of_a_hidden_proposal_cannot_delete_it_nor_what_people_supported():
    proposal = make_proposal(author=make_user(verified=True))
    photo = add_photo(proposal)
    make_support(proposal.box)
    act(proposal)

    for write in (
        lambda: services.delete_draft(proposal=fresh(proposal)),
        lambda: services.remove_photo(proposal=fresh(proposal), photo=photo),
        lambda: edit(proposal, parish=make_parish()),
    ):
        with pytest.raises(Refused) as refusal:
            write()
        assert refusal.value.status == 409
    assert fresh(proposal).photos.count() == 1


def test_support_that_was_given_stays_and_is_not_listed_while_hidden(client):
    resident = make_user(verified=True)
    proposal = make_proposal(title="Lo que se oculta")
    make_support(proposal.box, resident.residence)
    act(proposal)
    client.force_login(resident)

    assert "Lo que se oculta" not in client.get(reverse("proposals:supports")).text
    assert "Apoya 0 propuestas" in client.get("/mi/").text
    assert fresh(proposal.box).supports == 1
    votes.erase_own(resident)  # leaving takes it back from a hidden one too
    assert fresh(proposal.box).supports == 0


def test_file_of_what_is_hidden_is_out_of_reach_and_comes_back(client, django_capture_on_commit_callbacks):
    proposal = make_proposal(author=make_user(verified=True))
    with django_capture_on_commit_callbacks(execute=True):
        photo = add_photo(proposal)
    address = photo.image.url
    assert client.get(address).status_code == 200

    for thing in (photo, proposal):
        with django_capture_on_commit_callbacks(execute=True):
            act(thing)
        assert client.get(address).status_code == client.get(fresh(photo).image.small_url).status_code == 404
        with fresh(photo).image.open() as kept:  # for moderators
            assert kept.read(4) == b"RIFF"
        with django_capture_on_commit_callbacks(execute=True):
            act(thing, "restore")
        assert client.get(address).status_code == client.get(fresh(photo).image.small_url).status_code == 200


def test_tick_puts_a_file_away_whose_process_ended_after_the_commit(client):
    proposal = make_proposal(author=make_user(verified=True))
    photo = add_photo(proposal)
    act(photo)  # nothing is called on commit in a test
    assert default_storage.exists(photo.image.name)

    assert services.place_recent_files(timezone.now()) == 1
    assert not default_storage.exists(photo.image.name)
    assert services.place_recent_files(timezone.now() + timedelta(hours=2)) == 0


def test_removing_a_hidden_photo_deletes_its_file_wherever_it_stands(django_capture_on_commit_callbacks):
    proposal = make_proposal(author=make_user(verified=True))
    with django_capture_on_commit_callbacks(execute=True):
        photo = add_photo(proposal)
        act(photo)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_photo(proposal=proposal, photo=fresh(photo))

    with pytest.raises(FileNotFoundError):
        default_storage.open(photo.image.name)
    assert ModerationCase.objects.get().state == State.GONE


# --- images that wait ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verified", "state"), [(False, State.PENDING), (True, None)])
def test_images_of_unverified_people_wait_and_the_proposal_does_not(client, verified, state):
    author = make_user(verified=verified)
    draft = services.draft_proposal(author=author, title="Un parque", summary="Con árboles", category=make_category())
    photo = add_photo(draft, alt="Un árbol")
    assert photo.case is None  # nobody else sees a draft
    proposal = services.publish_proposal(proposal=draft)
    later = add_photo(proposal, alt="Otro árbol")

    assert proposal.status == "open"
    for each in (fresh(photo), fresh(later)):
        assert (each.hidden, each.case and each.case.state) == (not verified, state)
    page = client.get(proposal.get_absolute_url()).text
    assert ("Un árbol" in page) == verified
    client.force_login(author)
    page = client.get(proposal.get_absolute_url()).text
    assert "Un árbol" in page
    assert ("Moderación revisa las imágenes" in page) == (not verified)


def test_image_that_waited_24_hours_is_shown(client):
    photo = add_photo(make_proposal(author=make_user()), alt="Un árbol")
    now = timezone.now()

    assert moderation.show_expired_images(now + timedelta(hours=23)) == 0
    assert fresh(photo).hidden
    assert moderation.show_expired_images(now + timedelta(hours=25)) == 1
    assert (fresh(photo).hidden, fresh(photo).case.state) == (False, State.WAITING)
    assert "Un árbol" in client.get(photo.proposal.get_absolute_url()).text


@pytest.mark.parametrize(("action", "hidden"), [("keep", False), ("hide", True)])
def test_moderator_decides_about_an_image_that_waits(action, hidden):
    photo = add_photo(make_proposal(author=make_user()))
    act(photo, action)

    assert fresh(photo).hidden == hidden


# --- edits after a decision -----------------------------------------------------------------------------------


def test_edit_after_a_decision_waits_and_the_page_stays_as_it_was(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    proposal = make_proposal(title="Como era")
    moderation.report_thing(thing=proposal, reporter=make_user(), reason="insult")
    act(proposal, "keep")
    category = make_category("Otro tema")
    edit(proposal, title="Como será", body="Nuevo", category=category, tags=["sombra", "agua"])

    stored = fresh(proposal)
    assert (stored.title, stored.case.pending_edit["title"]) == ("Como era", "Como será")
    assert "Como será" not in client.get(stored.get_absolute_url()).text
    client.force_login(proposal.author)
    assert "Su cambio espera revisión" in client.get(stored.get_absolute_url()).text
    assert 'value="Como será"' in client.get(reverse("proposals:edit", args=[proposal.pk])).text
    client.force_login(moderator := make_moderator())
    case = client.get(stored.case.get_absolute_url()).text
    assert "Como será" in case
    assert "Otro tema" in case

    act(proposal, "approve_edit", moderator)
    stored = fresh(proposal)
    assert (stored.title, stored.body, stored.category) == ("Como será", "Nuevo", category)
    assert sorted(tag.name for tag in stored.tags.all()) == ["agua", "sombra"]
    assert stored.slug == "como-sera"
    assert stored.search_text.startswith("como sera\n")


def test_edit_that_is_refused_leaves_everything_as_it_was():
    proposal = make_proposal(title="Como era")
    moderation.report_thing(thing=proposal, reporter=make_user(), reason="insult")
    act(proposal, "keep")
    edit(proposal, title="Con un insulto")
    decide(fresh(proposal).case, make_moderator(), "reject_edit")

    stored = fresh(proposal)
    assert (stored.title, stored.case.pending_edit, stored.hidden) == ("Como era", None, False)


def test_words_for_which_it_was_hidden_are_no_public_version():
    proposal = make_proposal(body="Un texto")
    make_support(proposal.box)
    edit(proposal, body="Con un insulto terrible")
    assert len(public_versions(fresh(proposal))[1]) == 1
    act(proposal)
    edit(proposal, body="Sin insulto")
    assert fresh(proposal).body == "Con un insulto terrible"

    act(proposal, "approve_edit")
    stored = fresh(proposal)
    assert (stored.body, stored.hidden, stored.is_public) == ("Sin insulto", False, True)
    assert public_versions(stored)[1] == []
    edit(proposal, body="Y ahora más")  # waits
    act(proposal, "approve_edit")
    assert [len(version.changes) for version in public_versions(fresh(proposal))[1]] == [1]


def test_edit_before_a_decision_is_shown_at_once_and_is_what_moderators_read():
    proposal = make_proposal(title="Con un insulto")
    moderation.report_thing(thing=proposal, reporter=make_user(), reason="insult")
    edit(proposal, title="Con una disculpa")

    stored = fresh(proposal)
    assert stored.title == "Con una disculpa"
    assert "Con una disculpa" in stored.case.excerpt


def test_edit_approved_after_the_threshold_comes_too_late():
    proposal = make_proposal(title="Como era")
    moderation.report_thing(thing=proposal, reporter=make_user(), reason="insult")
    act(proposal, "keep")
    edit(proposal, title="Como será")
    Proposal.objects.filter(pk=proposal.pk).update(status="reached")
    act(proposal, "approve_edit")

    assert fresh(proposal).title == "Como era"


# --- suspended people -----------------------------------------------------------------------------------------


def test_suspended_person_publishes_nothing(client):
    author = make_user(verified=True)
    own, draft = make_proposal(author=author), make_proposal(author=author, status="draft")
    type(author).objects.filter(pk=author.pk).update(suspended_until=timezone.now() + timedelta(days=7))
    author.refresh_from_db()
    values = {"title": "Un parque", "summary": "Con árboles", "category": make_category()}
    own, draft = fresh(own), fresh(draft)

    for write in (
        lambda: services.draft_proposal(author=author, **values),
        lambda: services.publish_proposal(proposal=draft),
        lambda: services.edit_proposal(proposal=own, editor=author, version=own.version, title="Otro"),
        lambda: add_photo(own),
        lambda: services.withdraw_proposal(proposal=own, reason="other", note="Un insulto"),
        lambda: comments.add_comment(thread=own.thread, author=author, body="Hola"),
    ):
        with pytest.raises(Refused) as refusal:
            write()
        assert refusal.value.status == 403
        assert "suspendida" in str(refusal.value.reason)

    services.support_proposal(proposal=Proposal.objects.select_related("box").get(pk=own.pk), user=author)
    services.withdraw_proposal(proposal=own, reason="other")  # what one published one may always take back


# --- the page -------------------------------------------------------------------------------------------------


def test_report_links_are_for_others(client):
    proposal = make_proposal(author=make_user(verified=True))
    photo = add_photo(proposal)
    comment = comments.add_comment(thread=fresh(proposal).thread, author=make_user(), body="Hola")
    links = [f"/moderacion/reportar/{kind}/{thing.pk}/" for kind, thing in
             (("proposal", proposal), ("photo", photo), ("comment", comment))]  # fmt: skip

    page = client.get(proposal.get_absolute_url()).text
    assert [link for link in links if link not in page] == []
    client.force_login(proposal.author)
    page = client.get(proposal.get_absolute_url()).text
    assert [link for link in links if link in page] == [links[2]]


def test_photos_are_read_in_the_same_queries_however_many_wait(client, django_assert_max_num_queries):
    proposal = make_proposal(author=make_user())
    client.force_login(proposal.author)
    counts = []
    for _ in range(3):
        photo = add_photo(proposal)
        with mock.patch.object(ProposalPhoto, "refresh_from_db"), django_assert_max_num_queries(40) as queries:
            assert photo.small_url in client.get(proposal.get_absolute_url()).text
        counts.append(len(queries))
    assert len(set(counts)) == 1
