"""axe over the pages that Django's own client is given: no server and no navigation, and nothing looked at twice.

`Visitor.walk` follows a visitor through the site: every address without a number in it, then the links of the pages
(a few of each kind), and every form sent empty, which is undone. `choose` takes the fewest of these pages that have
every kind of element in every kind of place. `Glasses.barriers` puts their HTML into one page of a browser that has
axe already, at 320 px, with everything unfolded and long lists cut short, and judges it in light and in dark.
What scripts add is tested where the scripts are.
"""

import re
import time
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from django.core.cache import cache as limits
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve

NO_PAGES = (
    "propuestas/similares/",
    "live/",
    "salud/",
    "media/",
    "gestion/",
    "static/",
    "robots.txt",
    "demo/",
    "mi/datos/descargar/",
)
NOT_SENT = ("/i18n/setlang/", "/cuentas/logout/")
OF_A_KIND = 1
NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
LOOK = """async (html) => {
  document.open(); document.write(html); document.close();
  document.querySelectorAll('details').forEach((d) => { d.open = true; });
  document.querySelectorAll('[data-passkey], [data-passkey-problem]').forEach((e) => { e.hidden = false; });
  const wide = document.documentElement.scrollWidth - innerWidth;
  document.querySelectorAll('ul, ol, tbody, select, svg, dl').forEach((list) => {
    const kept = {};
    [...list.children].forEach((one) => {
      kept[one.className] = (kept[one.className] || 0) + 1;
      if (kept[one.className] > 3) one.remove();
    });
  });
  const run = await axe.run({ resultTypes: ['violations'] });
  return [...run.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`),
          ...(wide > 0 ? [`${wide} px too wide`] : [])];
}"""
DARK = """async () => (await axe.run({ runOnly: ['color-contrast'], resultTypes: ['violations'] })).violations
  .map((v) => `in the dark: ${v.id}: ${v.nodes[0].html.slice(0, 160)}`)"""


class Glasses:
    """One page of a browser with axe in it."""

    def __init__(self, browser):
        self.context = browser.new_context(
            viewport={"width": 320, "height": 640}, locale="es-EC", reduced_motion="reduce"
        )
        self.context.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        self.page = self.context.new_page()
        self.page.goto("http://decide.invalid/")
        self.page.evaluate(AXE_SCRIPT)

    def barriers(self, html: str) -> list[str]:
        """What axe finds, and what scrolls sideways."""
        self.page.emulate_media(color_scheme="light")
        found = self.page.evaluate(LOOK, self._alone(html))
        self.page.emulate_media(color_scheme="dark")
        return found + self.page.evaluate(DARK)

    def _alone(self, html: str) -> str:
        """The page with its style inside and nothing to fetch."""
        html = re.sub(r'<link rel="stylesheet" href="/static/([^"]+)"[^>]*>', lambda sheet: style(sheet[1]), html)
        html = re.sub(r"<script(?![^>]*application/json).*?</script>", "", html, flags=re.DOTALL)
        html = re.sub(r'\ssrcset="[^"]*"', "", html)
        return re.sub(r'(<img[^>]*\ssrc=")(?!data:)[^"]*"', rf'\1{NOTHING}"', html)


@cache
def style(name: str) -> str:
    return f"<style>{Path(finders.find(name)).read_text()}</style>"


def choose(pages) -> list[tuple]:
    """The (where, html) that together have every kind of element in every kind of place; the fullest first."""
    chosen, seen = [], set()
    for where, html, kinds in sorted(((w, h, kinds_in(h)) for w, h in pages), key=lambda page: -len(page[2])):
        if kinds - seen:
            seen |= kinds
            chosen.append((where, html))
    return chosen


def kinds_in(html: str) -> set:
    """(an element, what it stands in), each by its name, class, role, type and the names of its attributes."""
    reader = Kinds()
    reader.feed(html)
    return reader.found


class Kinds(HTMLParser):
    NEVER_CLOSED = ("meta", "link", "img", "input", "br", "hr", "path", "use", "source")

    def __init__(self):
        super().__init__()
        self.found, self._open, self._heading = set(), [("", "")], "h1"

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        kind = (tag, said.get("class"), said.get("role"), said.get("type"), said.get("aria-current"))
        self.found.add((kind, self._open[-1][1]))
        if re.fullmatch("h[1-6]", tag):
            self.found.add((self._heading, tag))
            self._heading = tag
        if tag not in self.NEVER_CLOSED:
            self._open.append((tag, kind))

    def handle_endtag(self, tag):
        places = [n for n, (name, _kind) in enumerate(self._open) if name == tag]
        if places:
            del self._open[places[-1] :]


class Forms(HTMLParser):
    """The links of a page, and its forms: (action, hidden fields, the buttons that send it)."""

    def __init__(self, html):
        super().__init__()
        self.links, self.forms, self._form = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "a" and a.get("href", "").startswith("/"):
            self.links.append(a["href"])
        elif tag == "form" and a.get("method", "").lower() == "post":
            self._form = (a.get("action") or "", {}, [])
            self.forms.append(self._form)
        elif self._form and tag == "input" and a.get("type") == "hidden" and a.get("name"):
            self._form[1][a["name"]] = a.get("value") or ""
        elif self._form and tag == "button":
            self._form[2].append({a["name"]: a.get("value") or ""} if a.get("name") else {})

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None


class Visitor:
    """Somebody who walks; `user` None: nobody in particular."""

    def __init__(self, user=None):
        self.user, self.client = user, Client(raise_request_exception=False)
        self.kinds = Counter()
        if user:
            self.client.force_login(user)
            session = self.client.session  # has just proved who they are
            proof = {"method": "password", "at": time.time(), "reauthenticated": True}
            session["account_authentication_methods"] = [proof]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()

    def html(self, path: str, sent: dict | None = None) -> str:
        """One page: got, or what answers a form."""
        limits.clear()
        response = self.client.get(path) if sent is None else self.client.post(path, sent)
        assert is_page(response), (path, sent, response.status_code, response.headers.get("location"))
        return response.content.decode()

    def glance(self):
        """(where, html) of every address without a number in it."""
        for path in addresses():
            if self._wanted(path, True) and is_page(response := self.client.get(path)):
                yield path, response.content.decode()

    def walk(self, more=(), answered=None):
        """(where, html) of every page met, from the table of addresses and `more` on.

        `answered`: the forms that came back with errors to others before, which are not sent again.
        """
        self.answered = answered if answered is not None else set()
        todo, met = [*addresses(), *more], set()
        for path in todo:
            path = path.partition("#")[0]
            if path in met or not self._wanted(path, path in more):
                continue
            met.add(path)
            response = self.client.get(path)
            if not is_page(response):
                continue
            html = response.content.decode()
            yield path, html
            read = Forms(html)
            todo += read.links
            for form in read.forms:
                yield from self._send_empty(path, *form)

    def _wanted(self, path: str, always: bool) -> bool:
        if path.lstrip("/").startswith(NO_PAGES):
            return False
        kind = kind_of(path)
        self.kinds[kind] += 1
        return bool(kind) and (always or self.kinds[kind] <= OF_A_KIND)

    def _send_empty(self, path, action, hidden, buttons):
        """What comes back from a form in which nothing was written, by each of its buttons; nothing of it remains."""
        to = action or path
        if to in NOT_SENT:
            return
        for button in buttons or [{}]:
            key = (kind_of(to), *sorted(hidden.keys() - {"orden", "next"}), *button.items())
            if self.kinds[key] or key in self.answered:
                continue
            self.kinds[key] = 1
            with transaction.atomic():
                response = self.post(to, hidden | button)
                transaction.set_rollback(True)
            if is_page(response):
                self.answered |= {key} if response.status_code == 400 else set()
                yield f"{path} → {to} {button}", response.content.decode()

    def post(self, to, data):
        """Sent by another window of the same visitor: what happens to its session happens to no other."""
        other = Client(raise_request_exception=False)
        other.cookies = self.client.cookies.copy()
        limits.clear()
        return other.post(to, {name: value for name, value in data.items() if name != "csrfmiddlewaretoken"})


def is_page(response) -> bool:
    return not response.streaming and b"<html" in response.content[:200] and response.status_code != 405


def kind_of(path: str) -> str:
    """The address without what is particular, and the names of what is asked; "" where nothing is."""
    path, _, asked = path.partition("?")
    try:
        return f"{resolve(path).route}?{'&'.join(sorted(part.partition('=')[0] for part in asked.split('&')))}"
    except Resolver404:
        return ""


def addresses(resolver=None, prefix="/") -> list[str]:
    """Those that have nothing particular in them."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            found += addresses(entry, route)
        elif not re.search(r"[<(^]", route):
            found.append(route)
    return found
