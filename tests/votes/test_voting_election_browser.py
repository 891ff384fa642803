"""A whole election, in browsers: thirty residents vote, five change their vote, one is refused; a page that nobody
reloads moves; the poll closes; its export verifies, and no longer does with one byte changed."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.factories import make_parish, make_poll, make_user, make_zone
from tests.votes import urna
from votes import services, verificar
from votes.models import Participation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=20_000)
PHONE = {"width": 360, "height": 740}
FILES = ("rules.json", "log.jsonl", "heads.jsonl", "ballots.jsonl")


@pytest.fixture
def poll(settings, transactional_db):
    settings.SECOND_FACTOR_REQUIRED = False
    parish = make_parish("La Argelia")
    return services.open_poll(poll=make_poll(parishes=[parish], title="Domingos sin autos"))


@pytest.fixture
def residents(poll):
    return [make_user(verified=True, parish=make_parish("La Argelia")) for _n in range(30)]


def vote(page, poll, option: str) -> str:
    """All steps as a person does them; returns the code of the receipt."""
    page.goto(f"{poll.get_absolute_url()}votar/")
    page.locator(".option", has_text=option).locator("input").check()
    page.get_by_role("button", name="Revisar mi voto").click()
    expect(page.locator(".chosen").first).to_contain_text(option.removeprefix("Votar ").replace("en b", "En b"))
    page.get_by_role("button", name=re.compile("^Confirmar")).click()
    expect(page.get_by_role("heading", name="Su voto quedó guardado")).to_be_visible()
    return page.locator(".receipt code").text_content().strip()


def flipped(ballots: bytes) -> bytes:
    """One byte of the first ballot changed."""
    return ballots[:100] + bytes([ballots[100] ^ 1]) + ballots[101:]


def test_a_whole_election(new_context, sign_in, poll, residents, tmp_path):
    watcher = new_context().new_page()
    watcher.goto(poll.get_absolute_url())
    turnout, bars = watcher.locator(".turnout strong"), watcher.locator(".bars progress")
    expect(turnout).to_have_text("0")

    # Half of them have a telephone that runs no scripts.
    phones = [new_context(viewport=PHONE, java_script_enabled=scripts).new_page() for scripts in (True, False)]
    codes = {}
    for n, resident in enumerate(residents):
        phone = phones[n % 2]
        sign_in(phone.context, resident)
        codes[resident] = vote(phone, poll, "Opción 1" if n < 18 else "Opción 2")
        if n % 10 == 9:
            services.sequence(poll=poll)
    expect(turnout).to_have_text("30")
    expect(watcher.locator(".bars tr", has_text="Opción 2").locator("td.number").first).to_have_text("12")
    expect(watcher.locator(".bars tr", has_text="Opción 1").locator("td.number").last).to_have_text("60 %")
    assert bars.first.evaluate("bar => [bar.value, bar.max]") == [18, 30]

    for n, resident in enumerate(residents[:5]):
        sign_in(phones[n % 2].context, resident)
        phones[n % 2].goto(f"{poll.get_absolute_url()}votar/")
        expect(phones[n % 2].get_by_text("Usted ya votó")).to_be_visible()
        codes[resident] = vote(phones[n % 2], poll, "Votar en blanco" if n else "Opción 2")
    stranger = make_user(verified=True, parish=make_parish("Calderón", zone=make_zone("La Delicia")))
    sign_in(phones[1].context, stranger)
    phones[1].goto(poll.get_absolute_url())
    expect(phones[1].locator("#votar")).to_contain_text("Aquí votan quienes viven en La Argelia")
    expect(phones[1].locator("#votar").get_by_role("link", name=re.compile("^Votar"))).to_have_count(0)

    urna.close(poll)
    expect(watcher.get_by_text("El estado de esta votación acaba de cambiar.")).to_be_visible()
    watcher.get_by_role("link", name="Actualizar").first.click()
    expect(watcher.locator(".decided")).to_contain_text("Empate")  # 18 − 5 + 0 and 12 + 1
    assert Participation.objects.filter(poll=poll).count() == 30

    # A receipt leads by its address to the page where it is checked; the address forgets it at once.
    watcher.goto(f"{poll.get_absolute_url()}comprobar/#{codes[residents[0]]}")
    watcher.get_by_role("button", name="Comprobar", exact=True).click()
    expect(watcher.locator("#respuesta-comprobar")).to_contain_text("Su voto se contó")
    expect(watcher.locator("#respuesta-comprobar")).to_contain_text("Opción 2")
    assert "decide1" not in watcher.url

    # Both verifiers say yes; with one byte changed both say where.
    watcher.locator("#navegador summary").first.click()
    watcher.locator("#mi-papel").fill(codes[residents[7]])
    watcher.get_by_role("button", name="Contar en este navegador").click()
    expect(watcher.locator("[data-verdict] h3")).to_have_text("Todo cuadra entre sí")
    expect(watcher.locator("[data-steps] > li").last).to_contain_text("se contó")
    watcher.route("**/exportar/ballots.jsonl", lambda route: route.fulfill(body=flipped(route.fetch().body())))
    watcher.get_by_role("button", name="Contar en este navegador").click()
    expect(watcher.locator("[data-verdict]")).to_contain_text("ballots.jsonl, línea 1")
    for name in FILES:
        answer = watcher.request.get(f"{poll.get_absolute_url()}exportar/{name}")
        (tmp_path / name).write_bytes(answer.body())
    program = [sys.executable, verificar.__file__, str(tmp_path), "--receipt", codes[residents[7]]]
    assert subprocess.run(program, capture_output=True, check=False).returncode == 0
    (tmp_path / "ballots.jsonl").write_bytes(flipped((tmp_path / "ballots.jsonl").read_bytes()))
    told = subprocess.run(program, capture_output=True, check=False)
    assert told.returncode == 1
    assert "ballots.jsonl, línea 1:" in told.stdout.decode()


def test_the_receipt_is_printed_whether_it_was_unfolded_or_not(new_context, sign_in, poll, residents):
    page = new_context(viewport=PHONE).new_page()
    sign_in(page.context, residents[0])
    vote(page, poll, "Opción 1")
    seen = "paper => paper.checkVisibility({ contentVisibilityAuto: true })"
    receipt = page.locator(".receipt")
    assert not receipt.evaluate(seen)
    page.emulate_media(media="print")
    assert receipt.evaluate(seen)
    assert receipt.bounding_box()["height"] > 300


def test_the_sum_of_a_budget_is_shown_only_where_a_script_keeps_it(new_context, sign_in, settings, residents):
    poll = urna.open_poll(questions=(("budget", 3),))
    for scripts in (True, False):
        page = new_context(viewport=PHONE, java_script_enabled=scripts).new_page()
        sign_in(page.context, residents[0])
        page.goto(f"{poll.get_absolute_url()}votar/")
        page.locator(".option", has_text="Opción 1").locator("input").check()
        expect(page.locator(".sum")).to_have_text("Lleva USD 400 de USD 1.000. Quedan USD 600." if scripts else "")
        assert page.locator(".sum").is_visible() is scripts
