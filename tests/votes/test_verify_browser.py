"""verify.js, the verifier of the visitor's browser: the same verdict as verificar.py over the whole corpus and over
random changes; and the page that downloads, counts and says it in words."""

import base64
import json
import random
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from tests.factories import make_parish
from tests.votes import urna
from tests.votes.test_verifier import CASES, judge
from votes import keys, services, verificar
from votes.check_words import check_words

browser_only = pytest.mark.browser
MODULE = "http://localhost/verify.js"
JUDGE = """async (cases) => {
  const { verify } = await import("/verify.js");
  const bytes = (text) => text === null ? null : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const verdicts = [];
  for (const { all, key, saved, receipt } of cases) {
    const files = Object.fromEntries(Object.entries(all).map(([name, text]) => [name, bytes(text)]));
    const { ok, failed, signed } = await verify(files, { key, saved: bytes(saved), receipt });
    verdicts.push({ ok, signed, ...(failed || {}) });
  }
  return verdicts;
}"""
NO_ED25519 = """() => {
  const known = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (...given) => given[2] === "Ed25519"
    ? Promise.reject(new DOMException("no", "NotSupportedError")) : known(...given);
}"""


# --- the verdicts ---------------------------------------------------------------------------------------------


def source(name: str) -> str:
    return Path(finders.find(f"decide/{name}")).read_text()


@pytest.fixture
def empty_page(browser):
    """A page with the module and nothing else: no server, no database."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    context.route(MODULE, lambda route: route.fulfill(body=source("verify.js"), content_type="text/javascript"))
    page = context.new_page()
    page.goto("http://localhost/")
    yield page
    context.close()


def in_browser(page, cases) -> list[dict]:
    def text(raw):
        return None if raw is None else base64.b64encode(raw).decode()

    return page.evaluate(
        JUDGE,
        [
            {
                "all": {name: text(raw) for name, raw in case["all"].items()},
                "key": case.get("key"),
                "saved": text(case.get("saved")),
                "receipt": case.get("receipt"),
            }
            for case in cases
        ],
    )


def where(verdict: dict) -> dict:
    if verdict["ok"]:
        return {"ok": True}
    return {"ok": False} | {name: verdict[name] for name in ("step", "file", "line")}


@browser_only
def test_both_verifiers_agree_on_the_corpus(empty_page):
    verdicts = in_browser(empty_page, CASES)
    assert {case["name"]: where(v) for case, v in zip(CASES, verdicts, strict=True)} == {
        case["name"]: judge(case) for case in CASES
    }
    assert all(verdict["signed"] for verdict in verdicts if verdict["ok"])


def changed_at_random(times: int) -> list[dict]:
    """Exports with one byte changed, deleted or inserted: half anywhere, half where JSON has its corners."""
    chance = random.Random("two verifiers")
    good = [case for case in CASES if case["name"] in ("closed", "open", "annulled", "few-ballots", "forked")]
    found = []
    for _n in range(times):
        files = dict(chance.choice(good)["all"])
        name = chance.choice(sorted(files))
        text = bytearray(files[name])
        at = chance.randrange(len(text))
        new = chance.choice([chance.randrange(256), chance.choice(b'"\\{}[]:,0-1.eE \r\n\t\x00\xff\xc3\xa0')])
        how = chance.choice(["change", "change", "bit", "delete", "insert"])
        if how == "change":
            text[at] = new
        elif how == "bit":
            text[at] ^= 1 << chance.randrange(8)
        elif how == "delete":
            del text[at]
        else:
            text.insert(at, new)
        found.append({"all": files | {name: bytes(text)}, "key": None, "saved": None, "receipt": None})
    return found


@browser_only
def test_both_verifiers_agree_on_random_changes(empty_page):
    cases = changed_at_random(400)
    assert [where(v) for v in in_browser(empty_page, cases)] == [judge(case) for case in cases]


def with_heads(text: str) -> dict:
    """An export whose heads are this one line: whether it is canonical is what both ask of it first."""
    closed = next(case["all"] for case in CASES if case["name"] == "closed")
    return {"all": closed | {"heads.jsonl": text.encode("utf-8", "surrogatepass") + b"\n"}}


CORNERS = [
    *("1e0", "1.0", "0.5", "-0", "-1", "01", "9007199254740991", "9007199254740992", "1E400", "NaN", "Infinity", "1 "),
    *(
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\ud800"',
        '"\\u00e1"',
        '"\\/"',
        '"\\u0001"',
        '"\\u001F"',
        '"\x7f"',
        '"\u2028"',
    ),
    *("true", "false", "null", "[]", "{}", "", " ", "\ufeff{}", "[1,]", '{"a":1,"a":1}', '{"b":1,"a":1}', "'a'"),
    *('{"__proto__":1}', '{"constructor":1}', '{"10":1,"9":1}', '{"9":1,"10":1}', '{"\U0001f5f3":1,"\ufb01":1}'),
    *('{"\ufb01":1,"\U0001f5f3":1}', "[" * 16 + "]" * 16, "[" * 17 + "]" * 17, "[" * 3000 + "]" * 3000, "[" * 20_000),
]


@browser_only
def test_both_verifiers_agree_on_what_is_canonical(empty_page):
    """As a member of a line whose other members are right: only what is canonical comes to the next question."""
    head = next(case["all"] for case in CASES if case["name"] == "closed")["heads.jsonl"].split(b"\n")[0].decode()
    texts = [head.replace('"previous":null', f'"previous":{corner}') for corner in CORNERS] + CORNERS
    python = []
    for text in texts:
        try:
            verificar.parse(text.encode("utf-8", "surrogatepass"))
            python.append(True)
        except ValueError:
            python.append(False)
    verdicts = in_browser(empty_page, [with_heads(text) for text in texts])

    assert [v["why"] != "why:canonical" for v in verdicts] == python
    assert 10 < sum(python) < len(texts) - 10


@browser_only
def test_without_ed25519_it_says_that_nobody_checked_the_signature(empty_page):
    empty_page.evaluate(NO_ED25519)
    wanted = ("closed", "choice-changed", "heads-by-another-key", "rewritten-told-by-a-saved-head")
    closed, choice, another, saved = in_browser(empty_page, [c for name in wanted for c in CASES if c["name"] == name])
    assert (closed["ok"], closed["signed"]) == (True, False)
    assert (choice["ok"], choice["step"]) == (False, "ballots")
    assert (another["ok"], another["signed"]) == (True, False)  # only a signature tells: the page must say so
    assert (saved["ok"], saved["step"]) == (False, "saved")


def test_page_has_words_for_everything_the_verifier_says():
    said = set()
    for name in ("verify.js", "verify-page.js"):
        said |= set(re.findall(r'"((?:said|why|page):[a-z-]+)"', source(name)))
    said |= {"said:receipt-replaced", "said:receipt-withdrawn"}
    steps = {name.removeprefix("check_") for name in vars(verificar.Verifier) if name.startswith("check_")}
    assert set(check_words()) == said | {f"step:{name}" for name in steps | {"fork"}}


# --- the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def poll(transactional_db):
    """Closed, with 14 ballots in one parish; `receipts` in the order in which they were cast."""
    poll = urna.open_poll(title="El nuevo parque")
    receipts = [receipt for _residence, receipt in urna.cast_many(poll, 14, make_parish("La Argelia"))]
    poll = urna.close(poll)
    poll.receipts = receipts
    return poll


def address(poll) -> str:
    return f"{poll.get_absolute_url()}comprobar/"


def count(page) -> None:
    page.get_by_role("button", name="Contar en este navegador").click()
    expect(page.locator("[data-verdict] h3")).to_be_visible()


@browser_only
@pytest.mark.django_db(transaction=True)
def test_page_counts_again_and_says_where_a_byte_was_changed(page, poll):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url, request.post_data)))
    code = poll.receipts[3].code
    page.goto(f"{address(poll)}#{code}")
    assert page.locator("#mi-papel").input_value() == code
    page.locator("#mi-huella").fill(keys.fingerprint())
    count(page)
    verdict, steps = page.locator("[data-verdict]"), page.locator("[data-steps] > li")
    expect(verdict).to_contain_text("Todo cuadra")
    assert steps.locator("strong").all_text_contents() == [
        *("Las reglas", "La clave", "El registro", "Las cabezas firmadas"),
        *("Los votos abiertos", "El nuevo conteo", "Su comprobante"),
    ]
    expect(steps.last).to_contain_text("se contó")
    verdict.locator("summary").click()
    total = sum(int(n) for n in verdict.locator("table").first.locator("td").all_text_contents())
    assert total == 14
    assert code[:60] not in json.dumps(asked)  # the receipt never leaves

    def change(route):
        body = bytearray(route.fetch().body())
        body[body.index(b"\n") + 100] ^= 1
        route.fulfill(body=bytes(body))

    page.route("**/exportar/ballots.jsonl", change)
    count(page)
    expect(verdict).to_contain_text("No cuadra")
    expect(verdict).to_contain_text("ballots.jsonl, línea 2")
    expect(page.locator("#navegador [role=status]")).to_have_text("No cuadra")

    # A receipt that was copied badly is no alarm.
    page.unroute("**/exportar/ballots.jsonl")
    page.locator("#mi-papel").fill(code[:-1])
    count(page)
    expect(verdict).to_contain_text("Revise lo que pegó")


@browser_only
@pytest.mark.django_db(transaction=True)
def test_page_counts_a_copy_without_asking_for_anything(page, poll, tmp_path):
    files = services.write_export(poll, tmp_path)
    heads = (tmp_path / "heads.jsonl").read_text().splitlines()
    page.goto(address(poll))
    for summary in page.locator("#navegador summary").all():
        summary.click()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/exportar/" in request.url else None)
    page.locator("#mis-archivos").set_input_files(files)
    page.locator("#mi-papel").fill(f"{heads[0]}\n14 {'ab' * 8}")
    count(page)
    expect(page.locator("[data-verdict]")).to_contain_text("se escribió de nuevo")
    last = json.loads(heads[-1])
    page.locator("#mi-papel").fill(f"{last['size']} {last['root'][:16]}")
    count(page)
    expect(page.locator("[data-verdict]")).to_contain_text("Falta un paso suyo")
    expect(page.locator("[data-verdict] code")).to_have_text(keys.fingerprint())
    assert asked == []


@browser_only
@pytest.mark.django_db(transaction=True)
def test_page_counts_without_workers_and_while_the_log_grows(page, transactional_db, problems):
    """An old telephone, an open poll, and a head signed between two downloads."""
    poll = urna.open_poll()
    urna.cast_many(poll, 12)
    services.sequence(poll=poll)
    page.add_init_script("window.Worker = class { constructor() { throw new Error('none here'); } }")
    page.goto(address(poll))
    grown = []

    def grow(route):
        if not grown:
            grown.append(True)
            urna.cast_many(poll, 11)
            services.sequence(poll=poll)
        route.continue_()

    page.route("**/exportar/log.jsonl", grow)
    count(page)
    expect(page.locator("[data-verdict]")).to_contain_text("Todo cuadra")
    expect(page.locator("[data-steps]")).to_contain_text("Hojas: 24")
    problems[:] = [text for text in problems if "404" not in text]  # there are no opened ballots yet


@browser_only
@pytest.mark.django_db(transaction=True)
def test_page_says_what_it_cannot_do(new_context, poll, problems):
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(address(poll))
    expect(plain.locator("noscript p")).to_be_visible()
    expect(plain.get_by_role("button", name="Contar en este navegador")).to_be_hidden()
    expect(plain.get_by_text("python3 verificar.py")).to_be_visible()

    insecure = new_context().new_page()
    insecure.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    insecure.goto(address(poll))
    expect(insecure.locator("#navegador [role=status]")).to_contain_text("https")
    expect(insecure.get_by_role("button", name="Contar en este navegador")).to_be_hidden()

    away = new_context(locale="en").new_page()
    away.goto(address(poll))
    away.route("**/exportar/log.jsonl", lambda route: route.abort())
    count(away)
    expect(away.locator("[data-verdict]")).to_contain_text("No se pudo descargar log.jsonl")
    problems[:] = [text for text in problems if "ERR_FAILED" not in text]
