"""What is written down to be told: once per person, clean, and only pages of ours."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from decide.notices import services
from decide.notices.models import Notice
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def tell(**fields):
    return services.tell(**{"kind": "prueba", "key": "prueba:1", "subject": "Hola", "body": "Un texto.", **fields})


def test_tell_writes_one_notice_per_person_and_address():
    ana, luis = make_user(), make_user()
    assert tell(recipients=[ana, luis, ana], address="cabeza@example.org", path="/respuestas/1/") == 3
    rows = set(Notice.objects.values_list("recipient", "address", "subject", "body", "path", "mail"))
    same = ("Hola", "Un texto.", "/respuestas/1/", "waiting")
    assert rows == {(ana.pk, "", *same), (luis.pk, "", *same), (None, "cabeza@example.org", *same)}


def test_tell_again_with_the_same_key_writes_only_to_who_is_new():
    ana, luis = make_user(), make_user()
    assert [tell(recipients=[ana], address="a@example.org") for _n in range(2)] == [2, 0]
    assert tell(recipients=[ana, luis], address="b@example.org") == 2
    assert tell(recipients=[ana], key="prueba:2") == 1
    assert Notice.objects.count() == 5


def test_tell_survives_somebody_who_tells_the_same_in_between(monkeypatch):
    """What two transactions write at once meets the constraint, not the reader's memory."""
    ana = make_user()
    tell(recipients=[ana])
    blind = Notice.objects.none()
    monkeypatch.setattr(Notice.objects, "filter", lambda *args, **kwargs: blind)
    tell(recipients=[ana])
    assert Notice.objects.count() == 1


def test_tell_nobody_writes_nothing():
    assert tell() == 0
    assert not Notice.objects.exists()


def test_tell_costs_the_same_for_one_and_fifty(django_assert_num_queries):
    for count, key in [(1, "a"), (50, "b")]:
        people = [make_user() for _n in range(count)]
        with django_assert_num_queries(4):  # savepoint, who knows it, insert, release
            assert tell(recipients=people, key=key) == count


@pytest.mark.parametrize(
    ("subject", "stored"),
    [
        ("Uno\r\nBcc: todos@example.org", "Uno Bcc: todos@example.org"),
        ("Uno\nDos\x00\x1b[31m", "Uno Dos[31m"),
        ("\u202eoculto\u200b", "oculto"),
        ("\ud800roto", "?roto"),
        ("a" * 161, "a" * 159 + "…"),
        ("a" * 160, "a" * 160),
        ("  \u2028 ", ""),
    ],
)
def test_subject_becomes_one_clean_line(subject, stored):
    tell(recipients=[make_user()], subject=subject)
    assert Notice.objects.get().subject == stored


@pytest.mark.parametrize("path", ["//malo.example/", "https://malo.example/", "javascript:alert(1)", "propuestas/"])
def test_path_that_is_not_ours_is_a_mistake(path):
    with pytest.raises(ValueError, match="page of ours"):
        tell(recipients=[make_user()], path=path)


def test_words_are_written_in_the_language_of_the_city():
    with translation.override("en"):
        tell(recipients=[make_user()], subject=gettext_lazy("Miércoles"), body=gettext_lazy("Sí"))
    notice = Notice.objects.get()
    assert (notice.subject, notice.body) == ("Miércoles", "Sí")


def test_own_notices_are_exported_and_erased():
    ana, luis = make_user(), make_user()
    tell(recipients=[ana, luis], path="/mi/")
    tell(address=ana.email.upper())
    (exported,) = services.export_own(ana)["notices"]
    assert (exported["subject"], exported["path"], exported["read_at"]) == ("Hola", "/mi/", None)
    services.erase_own(ana)
    assert [n.recipient for n in Notice.objects.all()] == [luis]
    assert services.export_own(ana) == {"notices": [], "follows": [], "preferences": {}}
