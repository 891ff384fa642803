"""The words of the voting pages are easy to read (Fernández-Huerta ≥ 60), and say what is not protected."""

import html
import itertools
import re

import pytest
from django.conf import settings

from tests.factories import make_parish, make_poll, make_user
from tests.votes import urna
from tests.votes.test_voting_steps import address, hidden, marks, send
from votes import services

pytestmark = pytest.mark.django_db

VOWELS = "aeiouáéíóúü"
STRONG = "aeoáéíóú"  # with an accent even i and u stand by themselves


def syllables(word: str) -> int:
    """Of a Spanish word: one for each group of vowels, and one more where two strong ones meet."""
    word = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word.lower())
    word = re.sub(r"y$", "i", word)
    groups = re.findall(f"[{VOWELS}]+", word)
    return max(1, sum(1 + sum(a in STRONG and b in STRONG for a, b in itertools.pairwise(g)) for g in groups))


def huerta(text: str) -> float:
    """206.84 − 60 · syllables a word − 1.02 · words a sentence (Fernández Huerta 1959, as it is used today)."""
    sentences = [s for s in re.split(r"[.!?:\n]+", text) if re.search(r"\w", s)]
    words = re.findall(r"[^\W\d_]+", text)
    return 206.84 - 60 * sum(map(syllables, words)) / len(words) - 1.02 * len(words) / len(sentences)


def words_of(response) -> str:
    """What a person reads in <main>, a block to a line; codes and the comments of others are not ours."""
    text = response.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    main = re.sub(r'<section[^>]*id="comentarios".*?</section>', "", main, flags=re.S)
    main = re.sub(r"<(script|style|code|pre|textarea|svg)\b.*?</\1>", "", main, flags=re.S)
    main = re.sub(
        r"</?(p|li|h\d|dt|dd|td|th|tr|div|summary|legend|label|strong|br|button|a class|section)\b[^>]*>", "\n", main
    )
    main = html.unescape(re.sub(r"<[^>]+>", "", main))
    return "\n".join(line.strip() for line in main.splitlines() if line.strip())


@pytest.mark.parametrize(
    ("word", "count"),
    [("voto", 2), ("quien", 1), ("guía", 2), ("guitarra", 3), ("papeleta", 4), ("leer", 2), ("hoy", 1), ("día", 2),
     ("ciudad", 2), ("averigüe", 4), ("país", 2), ("veintiséis", 3)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word, count):
    assert syllables(word) == count


def test_index_tells_plain_words_from_the_language_of_offices():
    assert huerta("El voto es secreto. Vale el último que confirme.") > 80
    assert huerta("La implementación institucional de mecanismos participativos interinstitucionales.") < 0


@pytest.fixture
def pages(client):
    """Every page that a voter meets, by name."""
    user = make_user(verified=True, parish=make_parish("La Argelia"))
    poll = urna.open_poll(questions=(("single", 3), ("budget", 3)), title="Domingos sin autos")
    sealed = urna.open_poll(running_totals="at_close", title="Obras para el barrio")
    closed = urna.open_poll(title="El nuevo parque")
    urna.cast_many(closed, 12)
    closed = urna.close(closed)
    announced = make_poll(title="Buses de noche")
    found = {"list": client.get("/votaciones/"), "door": client.get(address(poll))}
    client.force_login(make_user())
    found["not verified"] = client.get(address(poll))
    client.force_login(user)
    for name, each in (("open", poll), ("sealed", sealed), ("closed", closed), ("announced", announced)):
        found[name] = client.get(each.get_absolute_url())
    found["choose"] = client.get(address(poll))
    found["choose again"] = send(client, poll, {"orden": "0" * 16}, "revisar")
    found["review"] = send(client, poll, marks(poll, (1,), (1,)), "revisar")
    found["receipt"] = send(client, poll, hidden(found["review"]), "emitir")
    services.sequence(poll=poll)
    found["check"] = client.get(f"{closed.get_absolute_url()}comprobar/")
    return found


def test_voting_pages_are_easy_to_read(pages):
    assert settings.LANGUAGE_CODE == "es"
    read = {name: round(huerta(words_of(page)), 1) for name, page in pages.items()}
    assert {name: index for name, index in read.items() if index < 60} == {}
    everything = "\n".join(words_of(page) for page in pages.values())
    assert huerta(everything) >= 60


def test_no_sentence_is_long(pages):
    long = set()
    for page in pages.values():
        for sentence in re.split(r"[.!?:\n]+", words_of(page)):
            if len(re.findall(r"[^\W\d_]+", sentence)) > 25:
                long.add(sentence.strip())
    assert long == set()


@pytest.mark.parametrize("name", ["open", "closed", "review", "receipt", "check"])
def test_page_says_what_the_ballot_box_does_not_protect_against(pages, name):
    text = words_of(pages[name])
    for danger in (
        "maneja los equipos",
        "compra el voto",
        "programa dañino",
        "a nombre de quien no votó",
        "dos versiones",
    ):
        assert danger in text
