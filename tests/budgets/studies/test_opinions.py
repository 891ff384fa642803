"""The three opinions: drafts, issuing, what the three say together, corrections, conditions, reminders."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from budgets import services
from budgets.listing import listable
from budgets.models import Opinion, Request
from budgets.studies import Studies, opinion_versions
from decide.errors import Refused
from decide.notices.models import Notice
from tests.budgets.studies.tools import admitted, as_, guideline, issue, officer_of, opinion_of, said, studied
from tests.factories import make_candidate, make_decision, make_parish, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def again(request) -> Request:
    return Request.objects.select_related("year", "parish", "reconsideration").get(pk=request.pk)


# --- drafts and issuing ---------------------------------------------------------------------------


def test_draft_is_seen_by_its_officer_alone():
    request = admitted()
    mine, colleague = officer_of("technical", request.parish), officer_of("technical", request.parish)
    draft = opinion_of(request)
    services.save_opinion(opinion=draft, officer=mine, reason="qzborrador")
    address, page = f"/presupuestos/dictamenes/{draft.pk}/", request.get_absolute_url()
    assert "qzborrador" in as_(mine).get(address).text
    for other in (colleague, officer_of("zonal", request.parish), request.author, None):
        assert "qzborrador" not in as_(other).get(address, follow=True).text
        assert "qzborrador" not in as_(other).get(page).text


def test_each_is_public_when_it_is_issued_and_the_request_waits_for_all_three():
    request = admitted()
    issue(request, "technical")
    issue(request, "social")
    assert again(request).status == "study"
    page = as_(None).get(request.get_absolute_url()).text
    assert "Cumple la norma." in page
    assert "Se debe hasta el" in page
    assert not listable(request.year, request.parish)
    issue(request, "legal")
    assert again(request).status == "feasible"
    assert [r.pk for r in listable(request.year, request.parish)] == [request.pk]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (("feasible", "feasible", "feasible"), "feasible"),
        (("feasible", "conditional", "feasible"), "conditional"),
        (("not_feasible", "feasible", "feasible"), "not_feasible"),
        (("conditional", "feasible", "not_feasible"), "not_feasible"),
    ],
)
def test_three_opinions_say_one_thing_together(verdicts, status):
    request = studied(*verdicts)
    assert request.status == status
    assert bool(listable(request.year, request.parish)) is (status == "feasible")


@pytest.mark.parametrize(
    "changed",
    [
        {"verdict": ""},
        {"verdict": "perhaps"},
        {"reason": ""},
        {"reason": " … "},
        {"guideline": None},
        {"cost": None},
        {"cost": Decimal(0)},
        {"cost": Decimal(-5)},
        {"cost": Decimal(10_000_000)},
        {"verdict": "conditional", "condition": ""},
        {"verdict": "conditional", "condition_by": ""},
        {"verdict": "conditional", "condition_due": None},
        {"verdict": "conditional", "condition_due": timezone.localdate() - timedelta(days=1)},
    ],
)
def test_incomplete_opinion_is_not_issued(changed):
    request = admitted()
    with pytest.raises(Refused) as refusal:
        issue(request, **changed)
    assert refusal.value.status == 400
    assert opinion_of(request).issued_at is None


def test_what_is_not_feasible_needs_neither_cost_nor_guideline():
    request = admitted()
    assert issue(request, verdict="not_feasible", cost=None, guideline=None).issued_at


def test_draft_of_a_colleague_is_taken_over_and_who_had_it_is_told():
    request = admitted()
    first, second = officer_of("technical", request.parish), officer_of("technical", request.parish)
    services.save_opinion(opinion=opinion_of(request), officer=first, reason="Empezado.")
    with pytest.raises(Refused) as refusal:
        issue(request, officer=second)
    assert refusal.value.status == 409
    services.take_over_opinion(opinion=opinion_of(request), officer=second)
    assert Notice.objects.filter(recipient=first, kind="opinion-taken").count() == 1
    assert issue(request, officer=second).officer == second


def test_issued_opinion_does_not_change():
    request = admitted()
    opinion, officer = opinion_of(request), officer_of("technical", request.parish)
    issue(request, officer=officer)
    for act in (services.save_opinion, services.issue_opinion):
        with pytest.raises(Refused) as refusal:
            act(opinion=opinion, officer=officer, **said(reason="Otra cosa."))
        assert refusal.value.status == 409
    opinion.refresh_from_db()
    assert opinion.reason == "Cumple la norma."


# --- corrections ----------------------------------------------------------------------------------


def test_correction_is_another_version_and_the_earlier_stays_readable():
    request = studied()
    officer = officer_of("technical", request.parish)
    issued = request.opinions.get(kind="technical")
    draft = services.correct_opinion(opinion=issued, officer=officer, reason="El costo estaba mal.")
    assert (draft.version, draft.current, draft.reason) == (2, False, "Cumple la norma.")
    assert services.correct_opinion(opinion=issued, officer=officer, reason="Otra vez.").pk == draft.pk
    assert Studies(again(request), make_user()).cost == Decimal("25000.00")  # until it is issued

    services.issue_opinion(opinion=draft, officer=officer, **said(cost=Decimal("30000.00")))

    assert Studies(again(request), make_user()).cost == Decimal("30000.00")
    shown = opinion_versions(request)
    assert [version.reason for version in shown] == ["El costo estaba mal."]
    page = as_(None).get(f"{request.get_absolute_url()}dictamenes/versiones/").text
    assert "25.000" in page
    assert "30.000" in page
    assert Notice.objects.filter(kind="opinion-corrected", recipient=request.author).exists()


def test_correction_may_turn_the_request_and_may_be_discarded():
    request = studied()
    officer = officer_of("legal", request.parish)
    legal = request.opinions.get(kind="legal")
    services.discard_correction(
        opinion=services.correct_opinion(opinion=legal, officer=officer, reason="Hay un juicio."), officer=officer
    )
    assert request.opinions.count() == 3
    draft = services.correct_opinion(opinion=legal, officer=officer, reason="Hay un juicio.")
    services.issue_opinion(opinion=draft, officer=officer, **said("legal", "not_feasible"))
    assert again(request).status == "not_feasible"


def test_nothing_is_corrected_once_the_matrix_is_published():
    request = studied()
    make_candidate(make_decision(request.year, request.parish, "fixed"), request)
    with pytest.raises(Refused) as refusal:
        services.correct_opinion(
            opinion=request.opinions.get(kind="legal"), officer=officer_of("legal", request.parish), reason="Tarde."
        )
    assert refusal.value.status == 409


# --- conditions -----------------------------------------------------------------------------------


def test_condition_that_is_met_makes_it_feasible():
    request = studied(legal="conditional")
    legal = request.opinions.get(kind="legal")
    met = {"opinion": legal, "officer": officer_of("legal", request.parish)}
    for day in (1, 30):
        with pytest.raises(Refused):
            services.meet_condition(**met, met_on=timezone.localdate() + timedelta(days=day))
    services.meet_condition(**met, met_on=timezone.localdate())
    assert again(request).status == "feasible"
    assert [r.pk for r in listable(request.year, request.parish)] == [request.pk]


def test_condition_that_lapses_is_marked_once_and_the_author_told():
    request = studied(legal="conditional")
    later = timezone.now() + timedelta(days=21)
    assert services.follow_conditions(timezone.now()) == 0
    assert services.follow_conditions(later) == 1
    assert services.follow_conditions(later) == 0
    assert Notice.objects.filter(kind="condition-expired", recipient=request.author).count() == 1
    assert again(request).status == "conditional"
    assert not listable(request.year, request.parish)
    assert "Venció" in as_(None).get(request.get_absolute_url()).text


def test_condition_met_after_its_day_needs_another_version():
    request = studied(legal="conditional")
    legal, officer = request.opinions.get(kind="legal"), officer_of("legal", request.parish)
    Opinion.objects.filter(pk=legal.pk).update(condition_due=timezone.localdate() - timedelta(days=3))
    with pytest.raises(Refused) as refusal:
        services.meet_condition(opinion=legal, officer=officer, met_on=timezone.localdate())
    assert refusal.value.status == 409
    draft = services.correct_opinion(opinion=legal, officer=officer, reason="Se dio más plazo.")
    services.issue_opinion(opinion=draft, officer=officer, **said("legal", "conditional"))
    services.meet_condition(opinion=draft, officer=officer, met_on=timezone.localdate())
    assert again(request).status == "feasible"


def test_communal_land_is_listed_with_the_agreement_of_its_cabildo():
    request = studied(communal_land=True)
    assert not listable(request.year, request.parish)
    Request.objects.filter(pk=request.pk).update(cabildo_agreed_on=timezone.localdate())
    assert listable(request.year, request.parish)


# --- deadlines ------------------------------------------------------------------------------------


def test_officers_are_reminded_ten_five_and_one_day_before_and_when_it_is_late(settings):
    settings.OPINION_DAYS = 30
    parish = make_parish()
    technical = officer_of("technical", parish)
    for _ in range(2):
        admitted(parish=parish)
    told = []
    for day in (15, 20, 22, 25, 29, 30, 31, 40):
        services.remind_of_studies(timezone.now() + timedelta(days=day))
        told.append(Notice.objects.filter(recipient=technical, kind="opinions-due").count())
    assert told == [0, 1, 1, 2, 3, 3, 4, 4]
    assert "2" in Notice.objects.filter(recipient=technical, kind="opinions-due").last().subject


def test_tick_does_it():
    request = studied(legal="conditional")
    Opinion.objects.filter(request=request, kind="legal").update(condition_due=timezone.localdate() - timedelta(days=1))
    call_command("tick")
    assert request.opinions.get(kind="legal").condition_expired_at


# --- the page -------------------------------------------------------------------------------------


def test_page_shows_the_three_with_word_and_shape_reason_cost_guideline_and_condition():
    request = studied("feasible", "conditional", "not_feasible")
    page = as_(None).get(request.get_absolute_url()).text
    for text in (
        "✓",
        "◆",
        "✕",
        "Factible si",
        "No factible",
        "Entregar la escritura",
        "El comité del barrio",
        "25.000",
    ):
        assert text in page
    assert str(guideline()) in page
    assert all(label in page for label in ("Técnico", "Socioeconómico", "Jurídico"))


def test_catalogue_is_loaded_once():
    first = services.load_catalogue()
    assert first > 30
    assert services.load_catalogue() == 0
