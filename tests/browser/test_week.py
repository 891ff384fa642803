"""A week of La Argelia, played by six people in real browsers while a clock of the test's own goes on.

A neighbour reports a comment, a moderator hides it and it leaves an open page; its author appeals from the mail, the
second moderator restores it; an insult is hidden and its author suspended. Whoever follows reads digests in the demo's
mailbox, about nothing that was hidden, and stops one of them with one click, without signing in.
"""

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from decide.demo import mailbox
from decide.moderation.models import Decision
from decide.notices.models import Notice
from decide.tick.services import run
from proposals import services as proposals
from tests.factories import make_appointment, make_parish, make_proposal, make_user

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

PHONE = {"width": 360, "height": 740}
HARSH = "Con esa curva, el que la diseñó no ha caminado nunca con una guagua."
KIND = "Yo acompaño los martes a las siete."
INSULT = "Doña Rosa es una ladrona, y todos lo saben."
RESTORED = "Critica una obra, y eso se puede. No nombra ni insulta a nadie."


class Clock:
    """What every `timezone.now()` says, bound as a default or not; it begins on a Monday at nine in Quito."""

    def __init__(self, monkeypatch):
        real, clock = timezone.datetime, self

        class Moved(real):
            @classmethod
            def now(cls, tz=None):
                return real.now(tz) + clock.ahead

        self.real, self.ahead = real, timedelta()
        monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
        self.monday = monday
        monkeypatch.setattr(timezone, "datetime", Moved)
        self.to(0, 9)

    def to(self, day: int, hour: int) -> None:
        """That hour of that day of the story: 0 is its first Monday, 7 the next."""
        wanted = timezone.make_aware(datetime.combine(self.monday + timedelta(days=day), time(hour)))
        self.ahead = wanted - self.real.now(tz=wanted.tzinfo)
        assert run().failed == []  # the minute's tick: what is due at that hour is done, and mailed


@pytest.fixture
def clock(monkeypatch, transactional_db):
    return Clock(monkeypatch)


@pytest.fixture
def city(settings, live_asgi, clock, new_context, sign_in):
    """`city(who)`: a new page on that person's telephone; nobody's without a name."""
    settings.SECOND_FACTOR_REQUIRED = False
    settings.EMAIL_BACKEND = "decide.demo.mailbox.Backend"
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.SITE_URL = live_asgi
    parish = make_parish()
    names = {"rosa": "Rosa Chicaiza", "jorge": "Jorge Mena", "lucia": "Lucía Paz"}
    people = {who: make_user(f"{who}@example.org", name, verified=True, parish=parish) for who, name in names.items()}
    for who, name in {"pablo": "Pablo Naranjo", "ines": "Inés Tapia"}.items():
        people[who] = make_user(f"{who}@example.org", name)
        make_appointment(people[who], "moderator")
    telephones = {}

    def do(who=""):
        if who not in telephones:
            telephones[who] = new_context(viewport=PHONE)
            if who:
                sign_in(telephones[who], people[who])
        return telephones[who].new_page()

    do.people, do.parish = people, parish
    do.proposal = make_proposal(author=people["rosa"], parish=parish, title="Una vereda en la curva")
    proposals.follow_list(do.proposal)
    return do


def comment(page, address, text):
    page.goto(address)
    page.get_by_label("Su comentario").fill(text)
    page.get_by_role("button", name="Publicar comentario").click()
    expect(page.get_by_text(text)).to_be_visible()


def report(page, address, text):
    page.goto(address)
    page.get_by_role("listitem").filter(has_text=text).get_by_role("link", name="Reportar").click()
    expect(page.get_by_text(text)).to_be_visible()
    page.get_by_label("Insulta o amenaza").check()
    page.get_by_role("button", name="Enviar el reporte").click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()


def hide(page, text, why):
    page.goto("/moderacion/")
    page.get_by_role("listitem").filter(has_text=text).get_by_role("link").first.click()
    page.get_by_label("Ocultar", exact=True).check()
    page.get_by_label("Regla que no se cumple").select_option(label="Insulta o amenaza")
    page.get_by_label("Explicación para el autor").fill(why)
    page.get_by_role("button", name="Decidir", exact=True).click()
    expect(page.get_by_text("Decidido. Avisamos a quien corresponde")).to_be_visible()


def mails(who: str) -> list[mailbox.Mail]:
    """What that person has received, the newest first, as the demo's mailbox shows it."""
    return [mailbox.read(mail.name) for mail in mailbox.newest() if mail.to == f"{who}@example.org"]


def open_mail(page, mail, link_to: str):
    """Read it on /demo/correo/ and follow its link to one of our pages."""
    page.goto("/demo/correo/")
    page.locator(f"a[href$='{mail.name}/']").click()
    expect(page.get_by_role("heading", name=mail.subject)).to_be_visible()
    page.locator(f"a[href*='{link_to}']").first.click()


def test_a_week_of_one_parish(city, clock):
    address, parish = city.proposal.get_absolute_url(), city.parish.get_absolute_url()

    # Monday. Lucía follows the proposal and the parish; Jorge is harsh; she reports him.
    lucia = city("lucia")
    for place in (address, parish):
        lucia.goto(place)
        lucia.get_by_role("button", name="Seguir", exact=True).click()
        expect(lucia.get_by_text("Usted lo sigue.")).to_be_visible()
    jorge = city("jorge")
    comment(jorge, address, HARSH)
    report(lucia, address, HARSH)

    # The first moderator hides it; it leaves the page that somebody has open, and the count with it.
    watcher = city()
    with watcher.expect_websocket() as opened:
        watcher.goto(address)
    opened.value.wait_for_event("framereceived")
    count = watcher.locator("[data-live-field='count']")
    expect(count).to_have_text("1")
    pablo = city("pablo")
    clock.to(0, 11)
    hide(pablo, HARSH, "Hiere a quien diseñó la curva, y eso no ayuda a nadie.")
    expect(watcher.get_by_text(HARSH)).to_have_count(0)
    expect(count).to_have_text("0")

    # Tuesday. No digest: all that there was to tell Lucía is hidden. Jorge appeals from his mail.
    clock.to(1, 8)
    assert [mail.subject for mail in mails("lucia")] == ["Revisamos lo que usted reportó"]
    (told,) = mails("jorge")
    assert told.subject == "Moderación ocultó su comentario"
    assert "Hiere a quien diseñó la curva" in told.body
    assert "apele hasta el" in told.body
    open_mail(jorge, told, "/moderacion/decisiones/")
    jorge.get_by_label("Por qué no está de acuerdo").fill("No insulto a nadie: digo que esa curva es peligrosa.")
    jorge.get_by_role("button", name="Continuar").click()
    jorge.get_by_role("button", name="Enviar la apelación").click()
    expect(jorge.get_by_text("Su apelación llegó.")).to_be_visible()

    # Who decided does not decide again: the second moderator does.
    pablo.goto("/moderacion/")
    pablo.get_by_role("link", name=re.compile("^Apelación")).click()
    expect(pablo.get_by_text("la decide alguien que no tuvo parte en lo decidido")).to_be_visible()
    expect(pablo.get_by_role("button", name="Continuar")).to_have_count(0)
    ines = city("ines")
    ines.goto("/moderacion/")
    ines.get_by_role("link", name=re.compile("^Apelación")).click()
    ines.get_by_label("Se revoca lo decidido").check()
    ines.get_by_label("Explicación para quien apela").fill(RESTORED)
    ines.get_by_role("button", name="Continuar").click()
    ines.get_by_role("button", name="Decidir la apelación").click()
    expect(ines.get_by_text("el resultado es definitivo")).to_be_visible()
    watcher.goto(address)
    expect(watcher.get_by_text(HARSH)).to_be_visible()
    comment(city("rosa"), address, KIND)

    # Wednesday. The digest of the morning tells of what is shown; Jorge was told why he was right.
    clock.to(2, 8)
    assert [mail.subject for mail in mails("jorge")] == ["Vuelve a verse su comentario", told.subject]
    assert RESTORED in mails("jorge")[0].body
    digest = mails("lucia")[0]
    assert digest.subject.startswith("Su resumen del ")
    assert "Comentaron «Una vereda en la curva»" in digest.body
    open_mail(lucia, digest, f"{address}#comentarios")
    expect(lucia.get_by_text(KIND)).to_be_visible()

    # Jorge insults Rosa: hidden, and he is suspended for a week. He is told until when; he cannot write.
    comment(jorge, address, INSULT)
    report(lucia, address, INSULT)
    hide(pablo, INSULT, "Llama ladrona a una vecina por su nombre.")
    pablo.goto(Decision.objects.latest("pk").case.get_absolute_url())
    pablo.get_by_role("link", name="Sancionar a su autor").click()
    pablo.get_by_label("Suspensión de 7 días").check()
    pablo.get_by_label("Regla que no se cumple").select_option(label="Insulta o amenaza")
    pablo.get_by_label("Explicación para la persona").fill("Es la segunda vez en una semana que hiere a alguien.")
    pablo.get_by_role("button", name="Continuar").click()
    pablo.get_by_role("button", name="Aplicar la sanción").click()
    expect(pablo.get_by_text("Aplicada. Avisamos a la persona")).to_be_visible()
    jorge.goto(address)
    expect(jorge.get_by_text("Su cuenta está suspendida: por ahora puede leer, pero no comentar.")).to_be_visible()
    expect(jorge.get_by_label("Su comentario")).to_have_count(0)

    # Thursday. Lucía's digest says nothing of the insult; somebody proposes something for the parish.
    clock.to(3, 8)
    assert mails("jorge")[0].subject == "Su cuenta está suspendida por 7 días"
    assert not any(INSULT in mail.body for mail in mails("lucia"))
    assert mails("lucia")[0].subject == "Revisamos lo que usted reportó"
    second = make_proposal(author=city.people["rosa"], parish=city.parish, status="draft", title="Luz en el parque")
    proposals.publish_proposal(proposal=second)

    # Monday. The parish comes once a week. One click in a browser that knows nobody, and it comes no more.
    clock.to(7, 8)
    weekly = mails("lucia")[0]
    assert "== Las parroquias que sigo ==" in weekly.body
    assert "Luz en el parque" in weekly.body
    assert sum("Luz en el parque" in mail.body for mail in mails("lucia")) == 1
    stranger = city()
    open_mail(stranger, weekly, "/mi/avisos/baja/")
    expect(stranger.get_by_text("Las parroquias que sigo")).to_be_visible()
    stranger.get_by_role("button", name="Dejar de recibirlos").click()
    expect(stranger.get_by_role("heading", name="Listo: ya no le escribiremos de esto")).to_be_visible()
    third = make_proposal(author=city.people["rosa"], parish=city.parish, status="draft", title="Una parada con techo")
    proposals.publish_proposal(proposal=third)

    # The week after. The suspension ended by itself; no mail to Lucía, who finds it among her notices.
    clock.to(9, 12)
    assert mails("jorge")[0].subject == "Su suspensión terminó"
    comment(jorge, address, "Perdón, doña Rosa.")
    clock.to(14, 8)
    assert not any("Una parada con techo" in mail.body for mail in mails("lucia"))
    lucia.goto("/mi/avisos/")
    expect(lucia.get_by_text("Una parada con techo").first).to_be_visible()

    # Everybody can read what was decided, and nobody's name with it.
    watcher.goto("/moderacion/registro/")
    log = watcher.locator("main").inner_text()
    for decided in ("Se oculta", "Vuelve a mostrarse", "Suspensión de 7 días"):
        assert decided in log
    assert not any(person.display_name in log for person in city.people.values())
    # Each mail once, and none that waits or failed.
    sent = Notice.objects.filter(digest=None, mail="sent")
    assert len(mailbox.newest()) == sent.count()
    assert not Notice.objects.filter(mail__in=["waiting", "failed"]).exists()
