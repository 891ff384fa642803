"""Drafts, edits, versions, files, tags: what the services promise."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from decide.errors import Refused
from decide.images import clean_photo
from decide.notices.models import Notice
from proposals import services
from proposals.models import Proposal, ProposalDocument, ProposalPhoto, Tag, TitleGram
from tests.factories import (
    make_category,
    make_comment,
    make_parish,
    make_proposal,
    make_residence,
    make_support,
    make_user,
)
from tests.proposals.files import jpeg
from votes.models import SupportBox

pytestmark = pytest.mark.django_db


def draft(author=None, **fields):
    fields = {"title": "Veredas para todos", "summary": "Completar las veredas.", **fields}
    fields.setdefault("category", make_category("Movilidad"))
    return services.draft_proposal(author=author or make_user(), **fields)


def a_photo():
    return clean_photo(SimpleUploadedFile("x.jpg", jpeg()))


def test_draft_has_closed_box_and_hidden_thread():
    proposal = draft(parish=make_parish(population_2010=57112))
    box = SupportBox.objects.get(pk=proposal.box_id)
    assert (proposal.status, box.open, box.threshold, proposal.thread.public) == ("draft", False, 143, False)
    assert not TitleGram.objects.exists()
    assert proposal.history.count() == 1


def test_draft_with_same_key_is_the_same():
    author, key = make_user(), uuid.uuid4()
    first, second = draft(author, once_key=key), draft(author, once_key=key, title="Otra")
    assert first.pk == second.pk
    assert Proposal.objects.count() == 1
    assert SupportBox.objects.count() == 1


def test_draft_with_key_of_another_is_refused():
    key = uuid.uuid4()
    draft(once_key=key)
    with pytest.raises(Refused) as refused:
        draft(once_key=key)
    assert refused.value.status == 409


def test_tags_are_reused_whatever_the_accents():
    draft(tags=["Niñez", "Veredas"])
    second = draft(tags=["ninez", "VEREDAS", "parques"])
    assert {t.name for t in second.tags.all()} == {"Niñez", "Veredas", "parques"}
    assert Tag.objects.count() == 3


def test_edit_before_supports_is_free():
    proposal = make_proposal()
    edited = services.edit_proposal(
        proposal=proposal, editor=proposal.author, version=proposal.version, title="Otro título", tags=["agua"]
    )
    edited.refresh_from_db()
    assert (edited.title, edited.slug, edited.version) == ("Otro título", "otro-titulo", 1)
    assert "otro titulo" in edited.search_text
    edited.thread.refresh_from_db()
    assert edited.thread.path == edited.get_absolute_url()
    assert not edited.history.filter(history_change_reason="public-text").exists()
    assert not Notice.objects.exists()


def test_edit_of_nothing_makes_no_version():
    proposal = make_proposal()
    rows = proposal.history.count()
    same = services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, title=proposal.title, tags=[])
    assert (same.version, proposal.history.count()) == (0, rows)


def test_edit_with_supports_is_public_and_told():
    proposal = make_proposal()
    supporter, commenter = make_user(verified=True), make_user()
    make_support(proposal.box, supporter.residence)
    make_support(proposal.box, make_residence())
    make_comment(proposal.thread, commenter)
    make_comment(proposal.thread, proposal.author)
    edited = services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, body="Un texto nuevo.")
    assert edited.history.filter(history_change_reason__startswith="public").count() == 1
    assert set(Notice.objects.values_list("recipient", flat=True)) == {supporter.pk, commenter.pk}
    services.edit_proposal(proposal=proposal, editor=proposal.author, version=1, body="Otro texto nuevo.")
    assert Notice.objects.count() == 2  # once a day


def test_edit_of_the_place_with_supports_tells_nobody():
    proposal = make_proposal()
    make_support(proposal.box, make_user(verified=True).residence)
    services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, street="Calle nueva")
    assert not Notice.objects.exists()


def test_edit_of_an_older_state_is_refused_with_the_newest():
    proposal = make_proposal()
    services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, title="Desde el teléfono")
    with pytest.raises(services.EditedMeanwhile) as conflict:
        services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, title="Desde la oficina")
    assert (conflict.value.status, conflict.value.current.title) == (409, "Desde el teléfono")


def test_scope_before_supports_moves_the_threshold():
    proposal = make_proposal()
    parish = make_parish(population_2010=57112)
    services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, parish=parish)
    box = SupportBox.objects.get(pk=proposal.box_id)
    assert (box.scope, box.threshold, box.version) == (parish, 143, 1)


def test_scope_after_a_support_is_settled():
    proposal = make_proposal()
    make_support(proposal.box)
    with pytest.raises(Refused):
        services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, parish=make_parish())
    proposal.refresh_from_db()
    assert (proposal.parish, proposal.box.scope) == (None, None)


@pytest.mark.parametrize("status", [s for s in Proposal.Status.values if s not in ("draft", "open")])
def test_edit_after_the_threshold_is_refused(status):
    proposal = make_proposal(status=status)
    with pytest.raises(Refused) as refused:
        services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, title="Tarde")
    assert refused.value.status == 409


def test_edit_by_another_is_refused():
    proposal = make_proposal()
    with pytest.raises(Refused) as refused:
        services.edit_proposal(proposal=proposal, editor=make_user(), version=0, title="Ajena")
    assert refused.value.status == 403


def test_photos_at_most_four_and_the_same_key_once(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    proposal, key = make_proposal(), uuid.uuid4()
    for once_key in [key, key, *[uuid.uuid4() for _ in range(3)]]:
        services.add_photo(proposal=proposal, image=a_photo(), alt="Una vereda", once_key=once_key)
    assert proposal.photos.count() == 4
    with pytest.raises(Refused):
        services.add_photo(proposal=proposal, image=a_photo())


def test_photo_key_of_another_proposal_is_refused(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    key = uuid.uuid4()
    services.add_photo(proposal=make_proposal(), image=a_photo(), once_key=key)
    with pytest.raises(Refused):
        services.add_photo(proposal=make_proposal(), image=a_photo(), once_key=key)


def test_photo_of_another_proposal_is_not_removed(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = services.add_photo(proposal=make_proposal(), image=a_photo())
    with pytest.raises(Refused):
        services.remove_photo(proposal=make_proposal(), photo=photo)
    assert ProposalPhoto.objects.count() == 1


def test_removed_photo_leaves_no_file(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    proposal = make_proposal()
    photo = services.add_photo(proposal=proposal, image=a_photo())
    assert len([f for f in tmp_path.rglob("*") if f.is_file()]) == 2  # the photo and its small version
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_photo(proposal=proposal, photo=photo)
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]


def test_documents_at_most_three(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    proposal = make_proposal()
    for n in range(3):
        services.add_document(proposal=proposal, file=ContentFile(b"%PDF-1.4", name=f"{n}.pdf"), title=f"Plano {n}")
    with pytest.raises(Refused):
        services.add_document(proposal=proposal, file=ContentFile(b"%PDF-1.4", name="4.pdf"), title="Plano 4")
    assert ProposalDocument.objects.count() == 3


def test_deleted_draft_leaves_nothing(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    proposal = draft(tags=["agua"])
    services.add_photo(proposal=proposal, image=a_photo())
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_draft(proposal=proposal)
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]
    counts = [Proposal.objects.count(), SupportBox.objects.count(), Proposal.history.count()]
    assert counts == [0, 0, 0]


def test_published_is_not_deleted():
    with pytest.raises(Refused):
        services.delete_draft(proposal=make_proposal())


def test_erase_own_deletes_drafts_and_anonymises_the_rest():
    author = make_user()
    hidden = draft(author, title="Un borrador secreto")
    shown = services.publish_proposal(proposal=draft(author, title="Una propuesta pública"))
    services.edit_proposal(proposal=shown, editor=author, version=shown.version, title="Otra vez")
    others = make_proposal()
    services.erase_own(author)
    assert set(Proposal.objects.values_list("pk", "author")) == {(shown.pk, None), (others.pk, others.author_id)}
    assert not Proposal.history.filter(id=hidden.pk).exists()
    assert not Proposal.history.filter(author=author).exists()
    assert Proposal.history.filter(id=shown.pk).exists()


def test_erase_own_clears_what_the_desk_kept():
    person = make_user(verified=True)
    proposal = make_proposal(by_desk=True, desk_residence=person.residence, code="abc")
    services.erase_own(person)
    proposal.refresh_from_db()
    assert (proposal.desk_residence, proposal.code, proposal.by_desk) == (None, None, True)


def test_export_own_has_everything():
    author = make_user()
    proposal = draft(author, tags=["agua"], body="El texto.", street="Calle A")
    make_proposal()
    exported = services.export_own(author)["proposals"]
    assert [(p["id"], p["status"], p["body"], p["tags"], p["place"]["street"]) for p in exported] == [
        (proposal.pk, "draft", "El texto.", ["agua"], "Calle A")
    ]
