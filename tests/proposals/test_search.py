"""The search, and titles like another one."""

import pytest
from django.core.cache import cache

from proposals import search, services
from proposals.models import Proposal
from tests.factories import make_parish, make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def published(title, **fields):
    return services.publish_proposal(proposal=make_proposal(status="draft", title=title, **fields))


def found(query) -> list[str]:
    matching = search.matching(Proposal.objects.public(), query)
    return [p.title for p in search.ORDERS["afines"](matching)]


@pytest.mark.parametrize(
    "query", ["niñez", "NINEZ", "ninez agua", "águá", "la niñez", "agu", "¿agua? ¡niñez!", "summary", "calle brasil"]
)
def test_search_ignores_accents_order_and_small_words(query):
    published("Agua para la Niñez", summary="Un summary", street="Calle Brasil")
    published("Otra cosa")
    assert found(query) == ["Agua para la Niñez"]


def test_search_wants_every_word():
    published("Agua potable")
    assert found("agua luz") == []


def test_search_ranks_title_over_summary_over_text():
    published("Tres", body="Sobre las veredas.")
    published("Dos", summary="Las veredas rotas.")
    published("Uno de veredas")
    published("Veredas primero")
    published("Nada")
    assert found("veredas") == ["Veredas primero", "Uno de veredas", "Dos", "Tres"]


def test_search_finds_the_parish():
    published("Parque", parish=make_parish("Guamaní"))
    assert found("guamani") == ["Parque"]


@pytest.mark.parametrize("query", ["%", "_", "a_ua", "100%", "\\", "'", '"', "%%%%", "a%b"])
def test_search_takes_wildcards_as_letters(query):
    published("Agua para todos")
    assert found(query) == []


def test_search_of_a_percent_sign_among_words():
    published("Recuperar el 100 % del bosque")
    assert found("100% bosque") == ["Recuperar el 100 % del bosque"]


def test_search_follows_edits():
    proposal = published("Buses")
    services.edit_proposal(proposal=proposal, editor=proposal.author, version=proposal.version, title="Trenes")
    assert (found("buses"), found("trenes")) == ([], ["Trenes"])
    assert [s.proposal.title for s in search.similar_to("trenes")] == ["Trenes"]
    assert search.similar_to("buses") == []


def test_search_text_has_three_lines_whatever_is_written():
    proposal = make_proposal(title="Título", summary="a\nb", body="c\n\nd", parish=make_parish("Nono"))
    assert search.search_text(proposal).split("\n") == ["titulo", "a b", "c d nono"]


@pytest.mark.parametrize(
    "typed",
    [
        "Ciclovía protegida entre el terminal Quitumbe y los barrios",
        "ciclovia quitumbe",
        "siclovia protejida quitunbe",
        "CICLOVIA DESDE QUITUMBE",
        "Ciclovía prote",
        "barrios del suroriente con ciclovía",
    ],
)
def test_similar_forgives_typos_and_halves(typed):
    wanted = published("Ciclovía protegida entre el terminal Quitumbe y los barrios del suroriente")
    published("Semáforos peatonales con sonido en los cruces de La Carolina")
    published("Veredas continuas hasta los colegios de Conocoto")
    assert [one.proposal for one in search.similar_to(typed)] == [wanted]


@pytest.mark.parametrize("typed", ["", "a", "de la", "Zoológico nocturno", "¿?", "x" * 500])
def test_similar_to_nothing_is_nothing(typed):
    published("Ciclovía protegida entre el terminal Quitumbe y los barrios del suroriente")
    assert search.similar_to(typed) == []


def test_similar_comes_best_first():
    far = published("Parque para perros en Carcelén")
    near = published("Parque para perros en Quitumbe")
    assert [one.proposal for one in search.similar_to("Parque para perros en Quitumbe")] == [near, far]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("draft", False),
        ("withdrawn", False),
        ("archived", False),
        ("open", True),
        ("reached", True),
        ("answered", True),
        ("done", True),
    ],
)
def test_similar_shows_what_is_alive(status, shown):
    proposal = make_proposal(title="Parque para perros", status=status)
    search.index_title(proposal)
    assert bool(search.similar_to("parque para perros")) is shown


def test_similar_leaves_oneself_out():
    proposal = published("Parque para perros")
    assert search.similar_to("Parque para perros", besides=proposal.pk) == []


def test_similar_costs_five_queries_at_most(django_assert_max_num_queries):
    for n in range(20):
        published(f"Parque para perros número {n}")
    with django_assert_max_num_queries(5):
        assert len(search.similar_to("Parque para perros")) == search.SIMILAR_AT_MOST
