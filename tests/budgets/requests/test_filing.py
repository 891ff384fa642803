"""Filing: for which year, what is kept until the period opens, in whose name, editing, withdrawing, and own data."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from budgets import services
from budgets.models import BudgetYear, PhaseDates, Request, RequestPhoto
from budgets.search import similar_to
from budgets.services.own_data import erase_own, export_own
from budgets.steps import public_versions, story_of
from decide.errors import Refused
from decide.images import clean_photo
from decide.moderation.models import ModerationCase
from decide.notices.models import Notice
from tests.factories import (
    make_appointment,
    make_assembly,
    make_comment,
    make_parish,
    make_request,
    make_support,
    make_user,
    make_year,
)
from tests.proposals.files import jpeg

pytestmark = pytest.mark.django_db


def photo():
    return clean_photo(ContentFile(jpeg(), name="foto.jpg"))


def draft(author=None, **fields) -> Request:
    fields = {"title": "Gradas en la calle Ajaví", "kind": "roads", "body": "La bajada es peligrosa.", **fields}
    return services.draft_request(author=author or make_user(), parish=fields.pop("parish", make_parish()), **fields)


def filed(author=None, **fields) -> Request:
    return services.file_request(request=draft(author, **fields))


# --- the year -------------------------------------------------------------------------------------------------


def test_request_belongs_to_the_year_whose_phase_takes_requests():
    make_year(2026, phase="assembly")
    open_year = make_year(2027, phase="requests")
    make_year(2028, phase="")

    request = filed()

    assert (request.year, request.status, request.box.open) == (open_year, "filed", True)
    assert request.filed_at is not None
    request.thread.refresh_from_db()
    assert (request.thread.public, request.thread.path) == (True, request.get_absolute_url())


def test_request_outside_the_period_is_kept_for_the_next_year_that_has_not_begun():
    make_year(2027, phase="review")
    coming, _later = make_year(2028, phase="", published=False), make_year(2029, phase="", published=False)

    request = filed()

    assert (request.year, request.status, request.box.open) == (coming, "kept", False)
    assert Request.objects.public().count() == 0


def test_request_before_any_year_makes_the_next_years_row_unpublished():
    request = filed()
    assert (request.status, request.year.published, request.year.phase) == ("kept", False, "")
    assert request.year.year == timezone.localdate().year + 1
    assert filed().year == request.year


def test_unpublished_year_takes_no_requests():
    make_year(2027, phase="requests", published=False)
    assert filed().status == "kept"


def test_author_of_what_was_kept_is_told_once_when_the_period_opens_and_files_it_with_one_tap():
    year = make_year(2028, phase="", published=True)
    request = filed()
    filed(request.author, title="Otra más")
    assert services.follow_period(timezone.now()) == 0

    BudgetYear.objects.filter(pk=year.pk).update(phase="requests")
    assert services.follow_period(timezone.now()) == 1
    assert services.follow_period(timezone.now()) == 0

    notice = Notice.objects.get(kind="requests-open")
    assert (notice.recipient, notice.path) == (request.author, "/mi/#solicitudes")
    assert Request.objects.get(pk=request.pk).status == "kept"
    assert services.file_request(request=request).status == "filed"


def test_what_was_kept_for_a_year_is_filed_for_the_year_that_opens():
    make_year(2028, phase="")
    request = filed()
    opened = make_year(2027, phase="requests")
    assert services.file_request(request=request).year == opened


def test_filing_twice_files_once():
    make_year()
    request = draft()
    first = services.file_request(request=request)
    second = services.file_request(request=request)
    assert first.filed_at == second.filed_at
    assert [step.status for step in request.steps.all()] == ["filed"]


def test_request_without_a_text_is_not_filed():
    make_year()
    with pytest.raises(Refused) as refusal:
        filed(body="  …")
    assert refusal.value.status == 400


def test_once_key_gives_what_it_made_and_is_nobody_elses():
    key, author = uuid.uuid4(), make_user()
    first = draft(author, once_key=key)
    assert draft(author, once_key=key) == first
    with pytest.raises(Refused) as refusal:
        draft(once_key=key)
    assert refusal.value.status == 409


def test_suspended_person_files_nothing():
    with pytest.raises(Refused) as refusal:
        draft(make_user(suspended_until=timezone.now() + timedelta(days=3)))
    assert refusal.value.status == 403


# --- in the name of an assembly -----------------------------------------------------------------------------


@pytest.mark.parametrize("office", ["president", "secretary"])
def test_board_of_a_neighbourhood_assembly_files_in_its_name(office):
    make_year()
    assembly = make_assembly("neighbourhood")
    person, successor = make_user(), make_user()
    make_appointment(person, office, body=assembly.body)
    make_appointment(successor, "president", body=assembly.body)

    request = filed(person, assembly=assembly)

    assert request.assembly == assembly
    # Whoever acts for it today may correct it too.
    services.edit_request(request=request, editor=successor, version=request.version, body="Otro texto.")


@pytest.mark.parametrize(
    ("office", "status", "ended"),
    [("delegate", "registered", False), ("president", "objections", False), ("president", "registered", True)],
)
def test_others_do_not_file_in_its_name(office, status, ended):
    assembly = make_assembly("neighbourhood", status=status)
    person = make_user()
    yesterday = timezone.localdate() - timedelta(days=1)
    make_appointment(person, office, body=assembly.body, ends=yesterday if ended else None)
    with pytest.raises(Refused) as refusal:
        draft(person, assembly=assembly)
    assert refusal.value.status == 403


def test_assembly_asks_for_its_own_parish_only():
    assembly = make_assembly("neighbourhood", parish=make_parish("Calderón"))
    person = make_appointment(make_user(), "president", body=assembly.body).holder
    with pytest.raises(Refused) as refusal:
        draft(person, assembly=assembly, parish=make_parish("La Argelia"))
    assert refusal.value.status == 400


# --- editing and withdrawing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "phase", "allowed"),
    [
        ("draft", "review", True),
        ("kept", "review", True),
        ("filed", "requests", True),
        ("filed", "review", False),
        ("returned", "review", True),
        ("study", "studies", False),
        ("withdrawn", "requests", False),
    ],
)
def test_editing_is_free_until_the_review_begins(status, phase, allowed):
    request = make_request(status=status, year=make_year(phase=phase))
    change = {"request": request, "editor": request.author, "version": 0, "body": "Otro texto."}
    if allowed:
        assert services.edit_request(**change).body == "Otro texto."
    else:
        with pytest.raises(Refused) as refusal:
            services.edit_request(**change)
        assert refusal.value.status == 409


def test_others_do_not_edit_and_an_older_form_is_noticed():
    request = make_request()
    with pytest.raises(Refused) as refusal:
        services.edit_request(request=request, editor=make_user(), version=0, body="Ajeno")
    assert refusal.value.status == 403
    services.edit_request(request=request, editor=request.author, version=0, body="Primero")
    with pytest.raises(services.EditedMeanwhile):
        services.edit_request(request=request, editor=request.author, version=0, body="Segundo")


def test_change_after_the_first_support_is_a_public_version_and_supporters_are_told():
    supporter, commenter = make_user(verified=True), make_user()
    request = make_request(title="Cancha de barrio")
    services.edit_request(request=request, editor=request.author, version=0, body="Antes de apoyos")
    assert public_versions(request)[1] == []
    make_support(request.box, supporter.residence)
    make_comment(request.thread, commenter)

    services.edit_request(request=request, editor=request.author, version=1, body="Después de apoyos")

    [version] = public_versions(request)[1]
    assert [label for label, _change in version.changes] == ["Qué se pide y por qué"]
    assert {n.recipient for n in Notice.objects.filter(kind="request-changed")} == {supporter, commenter}
    assert any(step.label == "Cambió su texto" for step in story_of(request)["steps"])
    with pytest.raises(Refused):
        services.edit_request(request=request, editor=request.author, version=2, parish=make_parish("Calderón"))


def test_withdrawing_says_why_and_ends_the_supports():
    request = make_request()
    with pytest.raises(Refused) as refusal:
        services.withdraw_request(request=request, by=request.author, reason=" ")
    assert refusal.value.status == 400
    withdrawn = services.withdraw_request(request=request, by=request.author, reason="Ya se hizo.")
    assert (withdrawn.status, withdrawn.box.open, withdrawn.status_reason) == ("withdrawn", False, "Ya se hizo.")
    assert withdrawn.is_public


@pytest.mark.parametrize(("status", "code"), [("study", 409), ("feasible", 409), ("draft", 409)])
def test_what_is_studied_is_not_withdrawn(status, code):
    request = make_request(status=status)
    with pytest.raises(Refused) as refusal:
        services.withdraw_request(request=request, by=request.author, reason="Ya no.")
    assert refusal.value.status == code


def test_returned_request_is_sent_again_in_the_review():
    request = make_request(status="returned", year=make_year(phase="review"))
    before = request.filed_at
    sent = services.file_request(request=request, by=request.author)
    assert (sent.status, sent.filed_at) == ("filed", before)


# --- photos ---------------------------------------------------------------------------------------------------


def test_photos_are_four_at_most_and_stay_once_there_are_supports():
    request = make_request(author=make_user(verified=True))
    key = uuid.uuid4()
    first = services.add_photo(request=request, image=photo(), alt="Las gradas", once_key=key)
    assert services.add_photo(request=request, image=photo(), once_key=key) == first
    for _ in range(3):
        services.add_photo(request=request, image=photo())
    with pytest.raises(Refused):
        services.add_photo(request=request, image=photo())
    services.remove_photo(request=request, photo=request.photos.last())
    make_support(request.box)
    with pytest.raises(Refused):
        services.remove_photo(request=request, photo=first)
    assert request.photos.count() == 3


def test_photo_of_an_unverified_person_waits_for_a_moderator():
    make_year()
    request = draft()
    image = services.add_photo(request=request, image=photo())
    assert not image.hidden
    services.file_request(request=request)
    image.refresh_from_db()
    assert (image.hidden, image.case.state, image.case.kind) == (True, ModerationCase.State.PENDING, "request_photo")


# --- similar ----------------------------------------------------------------------------------------------------


def test_similar_requests_are_of_the_same_parish_and_year_and_alive():
    year, parish = make_year(), make_parish()
    twin = make_request(title="Adoquinado de la calle Ajaví", parish=parish)
    make_request(title="Adoquinado de la calle Ajaví", parish=make_parish("Calderón"))
    make_request(title="Adoquinado de la calle Ajaví", parish=parish, year=make_year(2026, phase="execution"))
    make_request(title="Adoquinado de la calle Ajaví", parish=parish, status="withdrawn")
    make_request(title="Adoquinado de la calle Ajaví", parish=parish, status="draft")
    make_request(title="Taller de cocina", parish=parish)

    assert [one.request for one in similar_to("adoquinar calle Ajavi", year=year, parish=parish)] == [twin]
    assert len(similar_to("adoquinar calle Ajavi", year=year)) == 2
    assert similar_to("ca", year=year) == []


# --- the story ---------------------------------------------------------------------------------------------------


def test_story_says_who_owes_the_next_step_until_when():
    year = make_year()
    day = timezone.localdate()
    for n, phase in enumerate(("review", "studies", "assembly"), start=1):
        PhaseDates.objects.create(
            year=year, phase=phase, starts=day + timedelta(days=n * 30), ends=day + timedelta(days=n * 30 + 20)
        )
    request = filed()
    steps = story_of(request)["steps"]
    assert [(step.label, step.state) for step in steps] == [
        ("Ingresada", "now"),
        ("Revisión", "next"),
        ("Tres dictámenes", "next"),
        ("La asamblea decide", "next"),
    ]
    assert steps[1].who.startswith("Administración Zonal Eloy Alfaro, hasta el ")


# --- own data ----------------------------------------------------------------------------------------------------


def test_own_data_holds_requests_and_supports_and_goes_with_the_account():
    person = make_user(verified=True)
    public, kept = make_request(author=person, title="Mi solicitud"), make_request(author=person, status="kept")
    RequestPhoto.objects.create(request=kept, image=photo())
    other = make_request(title="La de otra persona")
    make_support(other.box, person.residence)

    own = export_own(person)
    assert {one["id"] for one in own["requests"]} == {public.pk, kept.pk}
    assert [one["title"] for one in own["supported"]] == ["La de otra persona"]

    erase_own(person)
    public.refresh_from_db()
    assert public.author is None
    assert not Request.objects.filter(pk=kept.pk).exists()
    assert not public.history.filter(author=person).exists()
