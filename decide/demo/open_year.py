"""What neighbours of the demo city have asked of next year's money until today: each state that people meet."""

import random
import tomllib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify

from budgets.models import (
    FieldVisit,
    Guideline,
    Opinion,
    Reconsideration,
    Request,
    RequestPhoto,
    RequestStep,
    UnitPrice,
)
from budgets.search import search_text
from decide.accounts.models import Residence, User
from decide.answers.deadlines import end_of_day_after
from decide.comments.models import Comment, Thread
from decide.demo import bulk, pictures
from decide.demo.assemblies import ARGELIA, Towns, paper
from decide.demo.budget_years import Money
from decide.demo.people import DATA
from decide.notices.models import Follow, FollowList
from decide.territory.models import Agency
from votes.models import Support, SupportBox
from votes.services import threshold_for

Status, Kind = Request.Status, Opinion.Kind
OFFICERS = {Kind.TECHNICAL: "tecnica", Kind.SOCIAL: "social", Kind.LEGAL: "juridica"}
ALTS = {
    "street": "Dibujo de una calle de barrio con faroles y personas que cruzan.",
    "stairs": "Dibujo de una escalinata larga entre casas de ladera.",
    "park": "Dibujo de un parque con árboles, un sendero y una banca.",
    "ravine": "Dibujo de una quebrada con árboles y personas junto al agua.",
    "court": "Dibujo de una cancha de barrio con su cubierta.",
    "plaza": "Dibujo de una plaza con puestos y un edificio de arcos.",
    "garden": "Dibujo de un huerto en surcos, con casas detrás.",
}
# Of which kind each guideline of the plan is, by its place.
GUIDELINES = {"roads": 0, "public_space": 1, "infrastructure": 2, "social": 5}
CLOSED = {Status.DRAFT, Status.DUPLICATE, Status.REFERRED, Status.WITHDRAWN, Status.NOT_FEASIBLE}


@dataclass
class Sketch:
    """One request of solicitudes.toml, and what is made of it."""

    text: dict
    rng: random.Random
    request: Request = None
    filed: datetime = None


def write_open_requests(money: Money, towns: Towns, sketches, accounts: dict[str, User], now: datetime) -> None:
    proposals = {sketch.id: sketch.proposal for sketch in sketches}
    texts = tomllib.loads((DATA / "solicitudes.toml").read_text(encoding="utf-8"))["request"]
    by_title = {}
    writer = _Writer(money, towns, proposals, accounts, now)
    for number, text in enumerate(texts):
        sketch = Sketch(text, random.Random(f"solicitud {text['title']}"))
        by_title[text["title"]] = writer.write(sketch, number, by_title)


class _Writer:
    def __init__(self, money, towns, proposals, accounts, now):
        self.money, self.towns, self.proposals = money, towns, proposals
        self.accounts, self.now = accounts, now
        self.guidelines = list(Guideline.objects.order_by("code"))
        self.prices = {price.name: price for price in UnitPrice.objects.all()}

    def ago(self, days: float, hours: float = 2) -> datetime:
        return self.now - timedelta(days=days, hours=hours)

    def write(self, sketch: Sketch, number: int, by_title) -> Request:
        sketch.filed = self.ago(sketch.text["filed"], sketch.rng.uniform(1, 8))
        request = sketch.request = self._request(sketch, number)
        steps = self._steps(sketch, by_title)
        request.version = len(steps)
        request.search_text = search_text(request)
        request._history_date, request._history_user = sketch.filed, request.author
        request.save()
        for step in steps:
            step.request = request
        bulk.create(steps)
        if request.status != Status.DRAFT:
            self._follow(request, sketch.filed)
        self._opinions(sketch)
        self._reconsideration(sketch)
        self._supports(sketch, steps)
        self._comments(sketch)
        self._photo(sketch, number)
        return request

    # --- the request ------------------------------------------------------------------------------------------

    def _request(self, sketch: Sketch, number: int) -> Request:
        text, parish = sketch.text, self.towns.parish[sketch.text["parish"]].parish
        filed = sketch.filed
        status = text["status"]
        place = [*text["place"], "", ""]
        request = Request(
            year=self.money.year,
            parish=parish,
            kind=text["kind"],
            title=text["title"],
            slug=slugify(text["title"])[:110],
            body=text["body"],
            beneficiaries=text.get("beneficiaries"),
            beneficiaries_note=text.get("people", ""),
            neighbourhood=place[0],
            street=place[1],
            reference=place[2],
            status=status,
            created=filed - timedelta(hours=1),
            filed_at=None if status == Status.DRAFT else filed,
        )
        self._author(request, text, parish, number)
        if "communal" in text:
            request.communal_land = True
            request.cabildo_agreed_on = timezone.localdate(self.ago(text["communal"]))
            self._agreement(request)
        request.thread = Thread.objects.create(public=status != Status.DRAFT, owner=request.author)
        request.box = SupportBox.objects.create(
            scope=parish, threshold=threshold_for(parish), open=status not in CLOSED, closed_at=None
        )
        return request

    def _agreement(self, request: Request) -> None:
        """The cabildo's signed paper, which a page gives to officers."""
        words = [f"Acuerdo del cabildo: {request.title}", "Documento inventado para la demostración de Decide Quito."]
        name = f"{uuid.uuid5(uuid.NAMESPACE_URL, f'acuerdo {request.title}').hex}.pdf"
        request.cabildo_agreement.save(name, ContentFile(paper(words, self.now)), save=False)
        request.cabildo_agreement.storage.put_away(request.cabildo_agreement.name)

    def _author(self, request: Request, text: dict, parish, number: int) -> None:
        who = text["who"]
        if who == "desk":
            request.by_desk, request.desk_officer = True, self.accounts["mostrador"]
            request.desk_residence = Residence.objects.filter(account=None, parish=parish).order_by("pk").first()
            request.code = uuid.uuid5(uuid.NAMESPACE_URL, f"solicitud {number}").hex[:16]
        elif who == "assembly":
            request.author = self.accounts["presidenta"]
            request.assembly = next(
                a for a in self.towns.local[ARGELIA] if a.neighbourhood_name == request.neighbourhood
            )
        elif who == "proposal":
            proposal = self.proposals[text["proposal"]]
            request.proposal, request.author = proposal, proposal.author
            request.body = "\n\n".join(filter(None, [proposal.summary, proposal.body]))
            for name in ("title", "neighbourhood", "street", "reference"):
                setattr(request, name, getattr(proposal, name))
        else:
            request.author = self.accounts[who]

    def _steps(self, sketch: Sketch, by_title) -> list[RequestStep]:
        """The states that it passed through. The last one is told on its page, with its reason."""
        text, request = sketch.text, sketch.request
        if request.status == Status.DRAFT:
            return []
        zonal = self.accounts[f"zonal-{request.parish.zone.slug}"]
        steps = [RequestStep(status=Status.FILED, at=sketch.filed, by=request.author)]
        if "study" in text:
            steps.append(RequestStep(status=Status.STUDY, at=self.ago(text["study"]), by=zonal))
        if request.status in (Status.FEASIBLE, Status.CONDITIONAL, Status.NOT_FEASIBLE):
            kind, last = min(((kind, given[0]) for kind, given in text["opinions"].items()), key=lambda given: given[1])
            steps.append(RequestStep(status=request.status, at=self.ago(last), by=self.accounts[OFFICERS[kind]]))
        elif request.status not in (Status.FILED, Status.STUDY):
            request.status_reason = text["reason"]
            days = text.get("withdrawn", max(1, text["filed"] - 8))
            by = request.author if request.status == Status.WITHDRAWN else zonal
            steps.append(RequestStep(status=request.status, at=self.ago(days), by=by, reason=text["reason"]))
        if "of" in text:
            request.duplicate_of = by_title[text["of"]]
        if "to" in text:
            request.referred_to = Agency.objects.get(slug=text["to"])
        return steps

    def _follow(self, request: Request, since: datetime) -> None:
        path, about = request.get_absolute_url(), f"request:{request.pk}"
        request.thread.path = path
        request.thread.follow_list = FollowList.objects.create(title=request.title, path=path, about=about)
        request.thread.save(update_fields=["path", "follow_list"])
        if request.author:
            Follow.objects.create(list=request.thread.follow_list, user=request.author, own=True, since=since)

    # --- what officers wrote -----------------------------------------------------------------------------------

    def _opinions(self, sketch: Sketch) -> None:
        text, request = sketch.text, sketch.request
        if "study" not in text:
            return
        due = end_of_day_after(self.ago(text["study"]), settings.OPINION_DAYS)
        last = None
        for kind in Kind.values:
            given = text["opinions"].get(kind)
            opinion = Opinion(request=request, kind=kind, due=due, saved_at=self.ago(text["study"]))
            if given:
                self._write_opinion(opinion, sketch, given)
            opinion._history_date, opinion._history_user = opinion.saved_at, opinion.officer
            opinion.save()
            last = max(filter(None, (last, opinion.issued_at)), default=None)
        if request.kind == Request.Kind.ROADS and last and "technical" in text["opinions"]:
            self._visit(sketch, last)

    def _write_opinion(self, opinion: Opinion, sketch: Sketch, given: list) -> None:
        issued, verdict, reason, *cost = given
        opinion.officer = self.accounts[OFFICERS[opinion.kind]]
        opinion.verdict, opinion.reason = verdict, reason
        if verdict == Opinion.Verdict.FEASIBLE or verdict == Opinion.Verdict.CONDITIONAL:
            opinion.guideline = self.guidelines[GUIDELINES[sketch.request.kind]]
        if cost:
            opinion.cost = Decimal(cost[0])
            opinion.cost_lines = self._lines(sketch.text.get("lines", {}).get(opinion.kind, []))
        if condition := sketch.text.get("conditions", {}).get(opinion.kind):
            opinion.condition, opinion.condition_by, days = condition
            opinion.condition_due = timezone.localdate(self.now) + timedelta(days=days)
        if issued != "draft":
            opinion.issued_at = opinion.saved_at = self.ago(issued)
        else:
            opinion.saved_at = self.ago(1)

    def _lines(self, lines: list) -> list[dict]:
        """How the cost was added up, from the unit prices."""
        found = []
        for name, quantity in lines:
            price = self.prices[name]
            line = {"price": price.pk, "name": name, "unit": price.unit, "quantity": str(quantity)}
            found.append(line | {"unit_price": str(price.price), "amount": f"{price.price * quantity:.2f}"})
        return found

    def _visit(self, sketch: Sketch, last: datetime) -> None:
        request = sketch.request
        visited = last - timedelta(days=3)
        FieldVisit.objects.create(
            request=request,
            officer=self.accounts["tecnica"],
            visited_at=visited,
            place=" · ".join(filter(None, [request.neighbourhood, request.street or request.reference])),
            note="Se recorrió el lugar con dos vecinas. Se midieron el ancho y la pendiente, y se vio el drenaje.",
            created=visited + timedelta(hours=1),
            published_at=None if request.status == Status.STUDY else last,
        )

    def _reconsideration(self, sketch: Sketch) -> None:
        if "reconsider" not in sketch.text:
            return
        days, body = sketch.text["reconsider"]
        asked = self.ago(days)
        row = Reconsideration(
            request=sketch.request,
            body=body,
            asked_at=asked,
            asked_by=sketch.request.author,
            due=end_of_day_after(asked, settings.RECONSIDERATION_DAYS),
        )
        row._history_date, row._history_user = asked, sketch.request.author
        row.save()

    # --- what neighbours did -----------------------------------------------------------------------------------

    def _supports(self, sketch: Sketch, steps: list[RequestStep]) -> None:
        request, number = sketch.request, sketch.text["supports"]
        until = self.now - timedelta(minutes=30)
        if request.status in CLOSED and steps:
            until = request.box.closed_at = steps[-1].at
        here = list(Residence.objects.filter(account=None, parish=request.parish).order_by("pk")[:120])
        if request.author and request.author.residence and request.author.residence.parish_id == request.parish_id:
            here = [request.author.residence, *here] if number else here
        people = [*here[:1], *sketch.rng.sample(here[1:], min(number - 1, len(here) - 1))] if number else []
        bulk.create(
            Support(
                box=request.box,
                residence=residence,
                counted=True,
                created=sketch.filed + (until - sketch.filed) * sketch.rng.random(),
            )
            for residence in people
        )
        box = request.box
        box.supports = box.counted = len(people)
        box.version = len(people) + (not box.open)
        box.save()

    def _comments(self, sketch: Sketch) -> None:
        request = sketch.request
        texts = sketch.text.get("comments", [])
        for n, line in enumerate(texts, 1):
            account, _colon, body = line.partition(": ")
            comment = Comment(thread=request.thread, author=self.accounts[account], body=body)
            comment.created = comment._history_date = sketch.filed + (self.now - sketch.filed) * n / (len(texts) + 1)
            comment._history_user = comment.author
            comment.save()
        if texts:
            request.thread.comments = request.thread.version = len(texts)
            request.thread.save(update_fields=["comments", "version"])

    def _photo(self, sketch: Sketch, number: int) -> None:
        kind = sketch.text.get("picture")
        if kind is None:
            return
        name = f"{uuid.uuid5(uuid.NAMESPACE_URL, f'solicitud {number}').hex}.webp"
        picture = pictures.draw_scene(kind, 900 + number, name)
        photo = RequestPhoto(request=sketch.request, alt=ALTS[kind], created=sketch.filed)
        photo.image.save(picture.name, picture, save=False)
        photo.save()
