"""What is hidden, pending, deleted or a draft is absent from every address, and scripts are inert on all of them.

The walk takes new addresses, new tables and new readers of theirs by itself: routes come from the urlconf, and ids that
an address may take from what the city of the test holds. What must be absent carries a word of its own, which must be
found while it is shown: that is the control.
"""

import itertools
import json
import re
import uuid
from datetime import timedelta
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

import decide.urls
from budgets import services as budgeting
from budgets.models import Request, RequestPhoto
from decide.accounts.models import Appointment
from decide.accounts.services import export_all
from decide.answers.models import Answer, Milestone
from decide.assemblies.models import Assembly
from decide.assemblies.services import object_to
from decide.comments import services as comments
from decide.comments.models import Comment, Thread
from decide.images import clean_document, clean_photo
from decide.live.states import read_topics
from decide.moderation import services as moderation
from decide.notices import services as notices
from decide.notices.models import Notice
from decide.tick.services import run
from proposals import services
from proposals.models import Proposal, ProposalDocument, ProposalPhoto
from tests.factories import (
    make_appointment,
    make_assembly,
    make_comment,
    make_parish,
    make_poll,
    make_proposal,
    make_request,
    make_residence,
    make_support,
    make_user,
)
from tests.proposals.files import jpeg
from tests.test_every_address import patterns
from tests.test_images import pdf
from votes import services as votes
from votes.models import Intention, Poll

pytestmark = pytest.mark.django_db

# One word for each kind of content; it stands in every text of it, and so in slugs and addresses too.
WORDS = {
    "proposal": "qzpropuesta",
    "answered": "qzrespondida",
    "comment": "qzcomentario",
    "reply": "qzreplica",
    "photo": "qzfotografia",
    "document": "qzdocumento",
    "voted": "qzvotada",
    "request": "qzsolicitud",
    "request_photo": "qzretrato",
    "objection": "qzobjecion",
}
DRAFT, PENDING, DELETED = "qzborrador", "qzpendiente", "qzeliminado"
DRAFT_POLL = "qzpapeleta"
SEARCHED = "limonero"  # in every title: found without writing the word into the address
QUERIES = [f"q={SEARCHED}", "orden=utiles"]
# Enough of them to show that each word would be found.
CONTROL = (
    r"/((propuestas|votaciones|asambleas)/([\d]+-[\w-]+/(versiones/)?)?|mi/apoyos/|respuestas/escritorio/|votaciones/gestion/"
    r"|presupuestos/solicitudes/([\d]+-[\w-]+/(versiones/)?)?|comentarios/\d+/)?$"
)
# Nobody's content; asking them changes who asks, or costs most of the walk.
SKIPPED = re.compile(r"^/(cuentas|i18n|demo|robots|privacidad|terminos|accesibilidad|salud)")


def photo():
    return clean_photo(ContentFile(jpeg(), name="foto.jpg"))


def document():
    return ContentFile(b"%PDF-1.7", name=f"{uuid.uuid4().hex}.pdf")


class City:
    """Everything that can be hidden, shown; told, followed, supported, answered, linked, and looked at by others."""

    def __init__(self):
        self.parish = make_parish()
        self.author = make_user(verified=True, parish=self.parish)
        self.moderator = make_user()
        make_appointment(self.moderator, "moderator")
        self.resident = make_user(verified=True, parish=self.parish)
        self.unverified = make_user()
        self._propose()
        self.officer = self._officer()
        self._vote()
        self._ask()
        self._discuss()
        self._add_files()
        self._object()
        self._follow()
        self._change_and_tell()

    def _propose(self):
        word = WORDS["proposal"]
        texts = {name: f"{word} en {name}" for name in ("neighbourhood", "street", "reference")}
        common = {"author": self.author, "parish": self.parish}
        self.proposal = make_proposal(
            **common, title=f"{SEARCHED} {word}", summary=f"Resumen {word}", body=f"Cuerpo {word}", **texts
        )
        word = WORDS["answered"]
        self.answered = make_proposal(
            **common, status="execution", title=f"{SEARCHED} {word}", summary=f"Resumen {word}", body=word
        )
        Milestone.objects.create(
            answer=self.answered.answer, title=f"Hito {word}", planned=timezone.localdate() + timedelta(days=3)
        )
        self.owed = make_proposal(**common, status="review", title=f"{SEARCHED} {word} debida", summary=word, body=word)
        self.host = make_proposal(author=self.unverified, parish=self.parish, title=f"{SEARCHED} anfitriona")
        self.draft = services.draft_proposal(
            author=self.author, title=f"{SEARCHED} {DRAFT}", summary=DRAFT, category=self.host.category, body=DRAFT
        )
        services.add_photo(proposal=self.draft, image=photo(), alt=DRAFT)
        repeated = make_proposal(author=self.resident, parish=self.parish, title=f"{SEARCHED} repetida")
        services.link_duplicate(proposal=repeated, original=self.proposal, by=self.resident)
        self.repeated = repeated

    def _officer(self):
        """Every office but the moderators', of the place and the agency that all this concerns."""
        officer = make_user(verified=True, parish=self.parish)
        for office in set(Appointment.Office.values) - {"moderator"}:
            make_appointment(officer, office, zone=self.parish.zone, agency=self.answered.answer.agency)
        Answer.objects.update(agency=self.answered.answer.agency)
        return officer

    def _vote(self):
        """A poll that is announced, one that is being written, and one of each on a proposal."""
        word = WORDS["voted"]
        self.poll = make_poll(title=f"{SEARCHED} votación", answers_for=self.answered.answer.agency)
        self.draft_poll = make_poll(
            "draft", title=f"{SEARCHED} {DRAFT_POLL}", summary=DRAFT_POLL, decided_by_text=DRAFT_POLL
        )
        self.voted = make_proposal(
            author=self.author,
            parish=self.parish,
            status="voting",
            title=f"{SEARCHED} {word}",
            summary=word,
            body=word,
            poll=make_poll(title=f"{SEARCHED} votación de la propuesta"),
        )
        Proposal.objects.filter(pk=self.owed.pk).update(poll=make_poll("draft", title=f"{SEARCHED} por enviar"))

    def _ask(self):
        """Requests: one that can be hidden, one with a photo that has a word of its own, a draft, one that is kept."""
        word, common = WORDS["request"], {"author": self.author, "parish": self.parish}
        texts = {name: f"{word} en {name}" for name in ("neighbourhood", "street", "reference", "beneficiaries_note")}
        self.request = make_request(**common, title=f"{SEARCHED} {word}", body=f"Cuerpo {word}", **texts)
        self.asked = make_request(**common, title=f"{SEARCHED} solicitud anfitriona")
        self.request_photo = budgeting.add_photo(request=self.asked, image=photo(), alt=WORDS["request_photo"])
        budgeting.add_photo(request=self.request, image=photo(), alt=word)
        for status in ("draft", "kept"):
            private = make_request(**common, status=status, title=f"{SEARCHED} {DRAFT}", body=DRAFT)
            budgeting.add_photo(request=private, image=photo(), alt=DRAFT)
        for person in (self.resident, self.officer):
            make_support(self.request.box, person.residence)
            notices.follow(user=person, list=budgeting.follow_list(self.request))
        budgeting.edit_request(
            request=self.request, editor=self.author, version=self.request.version, body=f"Otro cuerpo {word}"
        )
        comments.add_comment(thread=self.request.thread, author=self.resident, body="Un comentario propio")

    def _discuss(self):
        for proposal, author in itertools.product((self.proposal, self.answered), (self.resident, self.officer)):
            comments.add_comment(thread=proposal.thread, author=author, body="Un comentario propio")
        thread = self.host.thread
        own = comments.add_comment(thread=thread, author=self.resident, body="Un comentario de quien mira")
        self.comment = comments.add_comment(thread=thread, author=self.author, body=f"Texto {WORDS['comment']}")
        self.reply = comments.add_comment(thread=thread, author=self.author, body=f"Texto {WORDS['reply']}", parent=own)
        comments.add_comment(thread=thread, author=self.officer, body="Otra respuesta", parent=self.reply)
        # The newest of another thread: what its topic carries.
        latest = comments.add_comment(thread=self.repeated.thread, author=self.author, body=f"Texto {WORDS['comment']}")
        voting = comments.add_comment(
            thread=self.poll.thread, author=self.author, body=f"Texto {WORDS['comment']} {SEARCHED}"
        )
        self.latest, self.voting = latest, voting
        self.deleted = [
            comments.add_comment(thread=thread, author=self.author, body=f"Texto {DELETED}", parent=parent)
            for parent in (None, own)
        ]

    def _add_files(self):
        host = self.host
        self.unverified.residence = make_residence(self.parish)  # its images do not wait
        self.unverified.save()
        host.author = self.unverified
        self.photo = services.add_photo(proposal=host, image=photo(), alt=WORDS["photo"])
        self.document = services.add_document(proposal=host, file=document(), title=WORDS["document"])
        self.beside = services.add_photo(proposal=self.proposal, image=photo(), alt=WORDS["proposal"])
        self.unverified.residence = None
        self.unverified.save()
        self.pending = services.add_photo(proposal=host, image=photo(), alt=PENDING)

    def _object(self):
        """To a neighbourhood assembly that asks for its registration."""
        until = timezone.now() + timedelta(days=5)
        self.assembly = make_assembly(
            "neighbourhood",
            parish=self.parish,
            status="objections",
            name="Asamblea de prueba",
            neighbourhood_name="Barrio de prueba",
            applied_by=self.resident,
            objections_until=until,
            answer_due=until,
        )
        self.objection = object_to(assembly=self.assembly, author=self.author, body=WORDS["objection"])

    def _follow(self):
        for proposal in (self.proposal, self.answered, self.host):
            for person in (self.resident, self.officer):
                notices.follow(user=person, list=services.follow_list(Proposal.objects.get(pk=proposal.pk)))
                make_support(Proposal.objects.get(pk=proposal.pk).box, person.residence)
        Intention.objects.create(user=self.officer, box=self.owed.box)
        for person in (self.resident, self.officer):
            notices.follow(user=person, list=notices.list_of_parish(self.parish))

    def _change_and_tell(self):
        """A version to read, and notices of each kind that wait to be sent."""
        proposal = Proposal.objects.get(pk=self.proposal.pk)
        services.edit_proposal(
            proposal=proposal, editor=self.author, version=proposal.version, body=f"Otro cuerpo {WORDS['proposal']}"
        )

    # --- who looks, and at what ---

    @property
    def readers(self) -> dict:
        return {"nobody": None, "officer": self.officer, "resident": self.resident}

    @property
    def owned(self) -> dict:
        """What moderators can hide, by its word."""
        return {
            "proposal": [self.proposal],
            "answered": [self.answered, self.owed],
            "comment": [self.comment, self.latest, self.voting],
            "reply": [self.reply],
            "photo": [self.photo],
            "document": [self.document],
            "voted": [self.voted],
            "request": [self.request],
            "request_photo": [self.request_photo],
            "objection": [self.objection],
        }

    def addresses(self):
        """Every GET address of the urlconf, with everything of this city that may stand in it."""
        proposals = [*Proposal.objects.all()]
        ids = {
            "propuestas": [p.pk for p in proposals],
            "comentarios": {
                *Comment.objects.values_list("pk", flat=True),
                *Thread.objects.values_list("pk", flat=True),
            },
            "respuestas": {
                *Answer.with_hidden.values_list("pk", flat=True),
                *Milestone.objects.values_list("pk", flat=True),
            },
            "fotos": {
                *ProposalPhoto.objects.values_list("pk", flat=True),
                *RequestPhoto.objects.values_list("pk", flat=True),
            },
            "solicitudes": Request.objects.values_list("pk", flat=True),
            "desde-propuesta": [p.pk for p in proposals],
            "presupuestos": [self.request.year.year],
            "documentos": ProposalDocument.objects.values_list("pk", flat=True),
            "asambleas": Assembly.objects.values_list("pk", flat=True),
            "votaciones": Poll.objects.values_list("pk", flat=True),
        }
        every = sorted({pk for known in ids.values() for pk in known})
        slugs = {("propuestas", p.pk): p.slug for p in proposals}
        slugs |= {("asambleas", each.pk): each.slug for each in Assembly.objects.all()}
        slugs |= {("votaciones", poll.pk): poll.slug for poll in Poll.objects.all()}
        slugs |= {("presupuestos/solicitudes", asked.pk): asked.slug for asked in Request.objects.all()}
        for route, _name in patterns():
            parts = re.split(r"(<\w+:\w+>|\(\?P<\w+>[^)]*\))", re.sub(r"\^|\$|\\Z", "", route))
            # Ids that no room of ours is known for are tried alike in all places of an address.
            for same in every:
                choices = [self._choices(route, parts, place, ids, same) for place in range(len(parts))]
                for chosen in itertools.product(*choices):
                    address = "/" + "".join(map(str, chosen))
                    named = re.match(r"/(propuestas|votaciones|asambleas|presupuestos/solicitudes)/(\d+)", address)
                    yield address.replace("\0", slugs.get((named[1], int(named[2])), "a") if named else "a")

    def _choices(self, route, parts, place, ids, same) -> list:
        """What may stand in this place of an address."""
        part, before = parts[place], "".join(parts[:place])
        if part.startswith("<int:") or "[0-9]" in part:
            folder, room = before.rstrip("/").split("/")[-1], before.split("/")[0]
            return list(ids.get(folder) or (ids.get(room) if room in ids else None) or [same])
        if part.startswith("<slug:"):
            if "kind" in part:
                return ["proposal", "photo", "document", "comment", "request", "request_photo", "objection"]
            if before.startswith("parroquias") or re.fullmatch(r"presupuestos/<int:\w+>/", before):
                return [self.parish.slug]
            return ["\0"]
        if part.startswith("<uuid:"):
            return [str(self.author.public_id)]
        return ["a"] if part.startswith(("<", "(?P")) else [part]

    def topics(self):
        owners = {
            "proposal": Proposal,
            "request": Request,
            "thread": Thread,
            "removed": Thread,
            "support": type(self.proposal.box),
        }
        for kind, model in {**owners, "poll": Poll, "tally": Poll}.items():
            yield from (f"{kind}:{pk}" for pk in model.objects.values_list("pk", flat=True))

    def media(self) -> dict[str, list[str]]:
        """The public addresses of the files, by the word of what they belong to."""
        return {
            "photo": [f"/media/{name}" for name in self.photo.files],
            "document": [f"/media/{name}" for name in self.document.files],
            "proposal": [f"/media/{name}" for name in self.beside.files],
            "request": [f"/media/{name}" for name in self.request.photos.get().files],
            "request_photo": [f"/media/{name}" for name in self.request_photo.files],
            PENDING: [f"/media/{name}" for name in self.pending.files],
            DRAFT: [f"/media/{name}" for name in self.draft.photos.get().files],
        }


def text_of(response) -> str:
    """Body and Location, in lower case, without the address that was asked: whoever asks knows it."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = (body.decode("utf-8", "replace") + response.get("Location", "")).lower()
    asked = response.wsgi_request.get_full_path().lower()
    if response.status_code == 200:
        return text
    for known in {asked, quote(asked), quote(asked, safe=""), quote(asked, safe="").lower()}:
        text = text.replace(known, "")
    return text


def look_everywhere(city, words, only="") -> dict[str, set[str]]:
    """{word: the places where somebody who is neither its author nor a moderator reads it}."""
    found = {word: set() for word in words}

    def look(place, text):
        for word in words:
            if word in text:
                found[word].add(place)

    addresses = [a for a in dict.fromkeys(city.addresses()) if not SKIPPED.match(a) and re.match(only, a)]
    only_posts = set()
    for name, user in city.readers.items():
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        # The officer lives here, supports, follows and comments as the resident does, whose own pages remain.
        theirs = re.compile("/(mi|propuestas|asambleas)/")
        for address in addresses if name != "resident" else [a for a in addresses if theirs.match(a)]:
            if address in only_posts:
                continue
            response = client.get(address)
            if response.status_code == 405:
                only_posts.add(address)
            assert response.status_code < 500 or address == "/salud/", address
            look(f"{name} {address}", text_of(response))
            if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
                for query in QUERIES if not re.search(r"\d", address) else ():
                    look(f"{name} {address}?{query}", text_of(client.get(f"{address}?{query}")))
        if user:
            look(f"{name} own data", json.dumps(export_all(user=user), default=str).lower())
    topics = list(city.topics())
    for start in range(0, len(topics), 90):
        asked = "&".join(f"topic={topic}" for topic in topics[start : start + 90])
        look("live", Client().get(f"/live/?{asked}").content.decode().lower())
    look("socket", json.dumps(read_topics(topics)).lower())
    mail.outbox.clear()
    # Everything that waits goes out now, digests too.
    Notice.objects.exclude(mail__in=["sent", "dropped"]).update(next_try=timezone.now(), tries=0)
    run()
    for sent in mail.outbox:
        if sent.to[0] not in (city.author.email, city.moderator.email, city.unverified.email):
            look(f"mail to {sent.to[0]}", str(sent.message()).lower() + sent.body.lower() + sent.subject.lower())
    return found


def decide_about(city, thing, action):
    thing = type(thing)._base_manager.get(pk=thing.pk)
    case = moderation.case_of(thing=thing)
    reason = "insult" if action == "hide" else ""
    moderation.decide(
        case=case,
        by=city.moderator,
        action=action,
        reason=reason,
        reason_text="Por una razón.",
        seen_version=case.version,
    )


@pytest.fixture
def city(settings, monkeypatch, django_capture_on_commit_callbacks):
    # A missing page looks the same whatever was asked (below); here it need not be drawn a thousand times.
    monkeypatch.setattr(decide.urls, "handler404", lambda request, exception: HttpResponse(status=404), raising=False)
    settings.SECOND_FACTOR_REQUIRED = False
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "gzip" not in name]  # a fifth of the time
    with django_capture_on_commit_callbacks(execute=True):
        return City()


def files_that_answer(city) -> set[str]:
    client = Client()
    return {word for word, paths in city.media().items() if any(client.get(path).status_code == 200 for path in paths)}


def test_what_is_shown_is_found_and_what_is_not_published_is_not(city):
    """The control: each word is read by others in several places; a draft and an image that waits in none."""
    found = look_everywhere(city, [*WORDS.values(), DRAFT, PENDING, DRAFT_POLL], CONTROL)

    for word in WORDS.values():
        readers = {"nobody", "officer"} if word == WORDS["request_photo"] else {"nobody", "resident", "officer"}
        assert readers <= {place.split()[0] for place in found[word]}, word
    assert {"live", "socket"} <= found[WORDS["comment"]]
    for kind in ("proposal", "request"):
        assert {f"mail to {city.resident.email}", "resident own data", "resident /mi/apoyos/"} <= found[WORDS[kind]]
        assert any("/versiones/" in place for place in found[WORDS[kind]])
    assert any(place.startswith("officer /respuestas/escritorio/") for place in found[WORDS["answered"]])
    assert any("/votaciones/" in place for place in found[WORDS["comment"]])
    assert found[DRAFT] == found[PENDING] == set()
    assert {place.split()[0] for place in found[DRAFT_POLL]} == {"officer"}  # whose office writes polls
    assert files_that_answer(city) == {"photo", "document", "proposal", "request", "request_photo"}


def test_what_is_hidden_is_absent_everywhere_and_comes_back_when_it_is_restored(
    city, django_capture_on_commit_callbacks
):
    assert DELETED in text_of(Client().get(city.host.get_absolute_url()))
    for comment in city.deleted:
        comments.delete_comment(comment=comment, author=city.author)
    everything = [thing for things in city.owned.values() for thing in things]
    with django_capture_on_commit_callbacks(execute=True):
        for thing in everything:
            decide_about(city, thing, "hide")

    found = look_everywhere(city, [*WORDS.values(), DRAFT, PENDING, DELETED, DRAFT_POLL])
    drafts = found.pop(DRAFT_POLL)
    assert {word: places for word, places in found.items() if places} == {}
    assert [place for place in drafts if not place.startswith("officer /votaciones/")] == []
    assert files_that_answer(city) == set()

    with django_capture_on_commit_callbacks(execute=True):
        for thing in everything:
            decide_about(city, thing, "restore")
    nobody = Client()
    assert WORDS["proposal"] in text_of(nobody.get(f"/propuestas/{city.proposal.pk}-{city.proposal.slug}/"))
    page = text_of(nobody.get(city.host.get_absolute_url()))
    assert [word for word in ("comment", "reply", "photo", "document") if WORDS[word] not in page] == []
    assert WORDS["objection"] in text_of(nobody.get(city.assembly.get_absolute_url()))
    assert files_that_answer(city) == {"photo", "document", "proposal", "request", "request_photo"}


def test_author_and_moderators_read_what_is_hidden_with_its_reason(city):
    for thing in (city.proposal, city.comment, city.photo):
        decide_about(city, thing, "hide")

    for reader, page, word in (
        (city.author, city.proposal.get_absolute_url(), WORDS["proposal"]),
        (city.moderator, city.proposal.get_absolute_url(), WORDS["proposal"]),
        (city.author, city.comment.get_absolute_url(), WORDS["comment"]),
        (city.moderator, city.comment.get_absolute_url(), WORDS["comment"]),
        (city.unverified, city.host.get_absolute_url(), WORDS["photo"]),
    ):
        client = Client()
        client.force_login(reader)
        text = text_of(client.get(page))
        assert word in text
        assert "insulta o amenaza. por una razón." in text
    photo = f"/propuestas/{city.host.pk}/fotos/{city.photo.pk}/"
    for reader, status in ((city.unverified, 200), (city.moderator, 200), (city.resident, 404), (None, 404)):
        client = Client()
        if reader:
            client.force_login(reader)
        assert [client.get(path).status_code for path in (photo, f"{photo}chica/")] == [status, status]


def test_what_is_hidden_answers_exactly_like_what_is_missing(client):
    proposal, comment = make_proposal(title="Oculta"), make_comment(make_proposal().thread)
    for thing in (proposal, comment):
        type(thing)._base_manager.filter(pk=thing.pk).update(hidden=True)
    client.force_login(make_user())

    for path in (
        f"/propuestas/{proposal.pk}-oculta/",
        f"/propuestas/{proposal.pk}-oculta/cartel/",
        f"/comentarios/{comment.pk}/",
    ):
        other = re.sub(r"\d+", "999999", path, count=1)
        pages = []
        for asked in (path, other):
            response = client.get(asked)
            assert response.status_code == 404
            pages.append(re.sub(r'value="\w{64}"', "", response.text.replace(asked, "")))  # but the token of the form
        assert pages[0] == pages[1]


# --- scripts ------------------------------------------------------------------------------------------------

SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=b()>'
NOT_WORDS = {"password", "path", "code", "key", "claim_key", "document_key", "person_key", "about", "kind"}


def write_scripts_everywhere() -> int:
    """Into every free text of every row of ours, past all forms. Returns how many columns."""
    written = 0
    for model in apps.get_models():
        if not model.__module__.startswith(("decide.", "votes", "proposals")):
            continue
        for field in model._meta.concrete_fields:
            if not free_text(field):
                continue
            payload = SCRIPT + IMAGE if (field.max_length or 999) >= len(SCRIPT + IMAGE) else SCRIPT
            model._base_manager.exclude(**{field.attname: ""}).update(**{field.attname: payload})
            written += 1
    return written


def free_text(field) -> bool:
    if not isinstance(field, models.CharField | models.TextField) or isinstance(
        field, models.SlugField | models.EmailField
    ):
        return False
    secret = field.name in NOT_WORDS or field.unique or field.choices or field.name.startswith("history_")
    return not secret and (field.max_length is None or field.max_length >= len(SCRIPT))


def test_scripts_in_every_text_are_inert_on_every_page_mail_and_admin_page(city):
    decide_about(city, city.reply, "hide")
    assert write_scripts_everywhere() > 20
    boss = make_user(is_staff=True, is_superuser=True)
    clients = {}
    readers = {**city.readers, "author": city.author, "moderator": city.moderator, "boss": boss}
    for name, user in readers.items():
        clients[name] = Client(raise_request_exception=False)
        if user:
            clients[name].force_login(user)
    pages = {re.sub(r"\d+", "0", address): address for address in city.addresses() if not SKIPPED.match(address)}
    pages = {*pages.values(), *(p.get_absolute_url() for p in Proposal.objects.all())}
    # The officer sees most; to the others belong the pages that are theirs.
    own = {"officer": "/", "moderator": "/moderacion/", "author": "/(mi|propuestas|moderacion)/", "nobody": "/$"}
    walks = [(name, page) for name, theirs in own.items() for page in sorted(pages) if re.match(theirs, page)]
    walks += [("boss", address) for address in admin_pages()]
    live, seen, only_posts = [], 0, set()
    for name, address in walks:
        if address in only_posts:
            continue
        response = clients[name].get(address)
        if response.status_code == 405:
            only_posts.add(address)
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        text = text_of(response)
        seen += "&lt;script&gt;alert(1)" in text
        if "<script>alert" in text or "<img src=x" in text:
            live.append((name, address))
    assert live == []
    assert seen > 100  # the payload was there

    Notice.objects.exclude(mail__in=["sent", "dropped"]).update(next_try=timezone.now(), tries=0)
    run()
    for sent in mail.outbox:
        for content, kind in getattr(sent, "alternatives", []):
            assert kind != "text/html" or "<script" not in content
        assert "\n" not in sent.subject


def test_scripts_in_feeds_exports_and_live_topics_are_data(client):
    """None of them is a page: what is XML parses with the words as text, and nothing may be taken for HTML."""
    make_parish()
    poll = make_poll(title=f"{SCRIPT} luz", summary=SCRIPT)
    poll.questions.update(text=SCRIPT)
    poll = votes.open_poll(poll=poll)
    comment = make_comment(poll.thread, make_user(display_name=SCRIPT, verified=True), body=SCRIPT)
    page = poll.get_absolute_url()
    feed = client.get(f"{page}cabezas.atom")
    root = ElementTree.fromstring(feed.content)
    assert SCRIPT in root.findtext("{http://www.w3.org/2005/Atom}title")
    assert [node.tag for node in root.iter() if "script" in node.tag] == []

    client.force_login(comment.author)
    own = client.get("/mi/datos/descargar/")
    answers = [feed, own, client.get(f"{page}exportar/rules.json")]
    topics = f"topic=poll:{poll.pk}&topic=thread:{poll.thread_id}"
    live = client.get(f"/live/?{topics}")
    for response in [*answers, live]:
        assert response.status_code == 200
        assert "html" not in response["Content-Type"]
        assert response["X-Content-Type-Options"] == "nosniff"
    for response in answers[1:]:
        assert response["Content-Disposition"].startswith("attachment")
        assert SCRIPT in json.dumps(json.loads(body_of(response)), ensure_ascii=False)
    (html,) = [s["state"]["latest"]["html"] for s in live.json() if s["topic"] == f"thread:{poll.thread_id}"]
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_scripts_in_the_name_of_a_file_are_kept_nowhere(client):
    """Nobody reads how a file was called on the telephone: neither a page nor the disk has that name."""
    author = make_user(verified=True)
    proposal = make_proposal(author=author)
    name = f'{SCRIPT} vereda" onload=b().jpg'
    client.force_login(author)
    response = client.post(f"/propuestas/{proposal.pk}/fotos/", {
        "image": SimpleUploadedFile(name, jpeg(), "image/jpeg"), "alt": "Una vereda", "once_key": str(uuid.uuid4()),
    })  # fmt: skip
    assert response.status_code < 400, response.content
    photo = proposal.photos.get()
    services.add_document(
        proposal=proposal, file=clean_document(SimpleUploadedFile(f"{SCRIPT}.pdf", pdf())), title="Acta"
    )
    stored = [*photo.files, *proposal.documents.get().files]
    pages = [proposal.get_absolute_url(), f"/propuestas/{proposal.pk}/editar/", "/mi/datos/descargar/"]
    everything = [*stored, *(body_of(client.get(page)).decode() for page in pages)]
    assert len(stored) >= 2
    assert [text for text in everything if "alert(1)" in text or "onload=b" in text] == []


def admin_pages():
    """Lists, a row, and its history, of every table in the administration."""
    for model, registered in admin.site._registry.items():
        base = f"/gestion/{model._meta.app_label}/{model._meta.model_name}/"
        yield base
        if registered.search_fields:
            yield f"{base}?q=script"
        for pk in model._base_manager.values_list("pk", flat=True).order_by("pk")[:1]:
            yield f"{base}{pk}/change/"
            yield f"{base}{pk}/history/"
            if hasattr(model, "history"):
                for row in model.history.filter(**{model._meta.pk.name: pk}).values_list("history_id", flat=True)[:1]:
                    yield f"{base}{pk}/history/{row}/"
