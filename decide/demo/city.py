"""The demo city: forty invented proposals in every state, with their supports, comments, answers and pictures; then its
polls, its assemblies and its budgets, each in their own modules.

Everything is derived from the data files and a fixed seed; dates are counted back from `now`. Rows are written
directly, not through services, since they lie in the past; the tests check that all counts equal their rows.
"""

import random
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from budgets.services import load_catalogue
from decide.accounts.models import User
from decide.answers.deadlines import end_of_day_after
from decide.answers.models import Answer, Milestone, MilestonePhoto
from decide.assemblies.services import ensure_assemblies
from decide.comments.models import Comment, CommentRating, Thread
from decide.demo import people, pictures
from decide.demo.budgets import write_budgets
from decide.demo.moderation import write_moderation
from decide.demo.news import write_notices
from decide.demo.polls import write_polls
from decide.demo.signatures import write_supports
from decide.demo.sketches import Sketch, read_sketches
from decide.demo.stories import change_texts, correct_answer, write_links, write_milestone
from decide.territory.models import Agency, Neighbourhood, Parish, ServicePoint, Zone
from decide.text import plain
from proposals import search
from proposals.models import Category, Proposal, ProposalPhoto, StatusChange, Tag, TitleGram
from proposals.rules import TAKES_SUPPORTS
from votes.models import SupportBox
from votes.services import threshold_for

PICTURES = {
    "001": ["street"],
    "002": ["street"],
    "005": ["stairs"],
    "007": ["ravine"],
    "008": ["ravine"],
    "009": ["plaza"],
    "013": ["park"],
    "015": ["stairs"],
    "016": ["court"],
    "017": ["street", "stairs"],
    "021": ["plaza"],
    "024": ["plaza"],
    "033": ["street"],
    "035": ["park"],
    "036": ["ravine"],
    "040": ["garden"],
}
ALTS = {
    "street": "Dibujo de una calle de barrio con faroles y personas que cruzan.",
    "stairs": "Dibujo de una escalinata larga entre casas de ladera.",
    "park": "Dibujo de un parque con árboles, un sendero y una banca.",
    "ravine": "Dibujo de una quebrada con árboles y personas junto al agua.",
    "court": "Dibujo de una cancha de barrio con su cubierta.",
    "plaza": "Dibujo de una plaza con puestos y un edificio de arcos.",
    "garden": "Dibujo de un huerto en surcos, con casas detrás.",
}
NEIGHBOURHOODS = {
    "170116": ["La Argelia Alta", "La Argelia Baja", "Mirador del Hualcopo"],
    "170131": ["Turubamba de Solanda"],
    "170155": ["Portal de Carapungo"],
    "170104": ["La Comuna"],
}


@transaction.atomic
def load_city(now: datetime | None = None) -> None:
    """Everything or nothing. The territory must be there and no account."""
    now = now or timezone.now()
    ensure_assemblies()
    load_catalogue()
    accounts = people.load_accounts(now)
    sketches = read_sketches(accounts)
    _load_places()
    for sketch in sketches:
        _write_proposal(sketch, accounts, now)
    write_supports(sketches, accounts, now)
    change_texts(sketches, now)
    write_links(sketches, accounts, now)
    _write_comments(sketches, accounts, now)
    write_moderation(sketches, accounts, now)
    _write_pictures(sketches)
    write_notices(sketches, accounts, now)
    write_polls(sketches, accounts, now)
    write_budgets(accounts, sketches, now)


def _load_places() -> None:
    """A desk in each zonal administration and a few neighbourhoods: all invented, and labelled so."""
    points = []
    for zone in Zone.objects.with_parishes():
        parish = zone.parishes.order_by("-population_2010").first()
        points.append(
            ServicePoint(
                name=f"Ventanilla de la {zone.name}",
                parish=parish,
                address=f"{parish.name}, dirección inventada para la demostración",
                hours="Lunes a viernes, de 8:00 a 16:30",
                invented=True,
            )
        )
    argelia = Parish.objects.get(code="170116")
    points.append(
        ServicePoint(
            name="Ventanilla móvil de La Argelia",
            parish=argelia,
            address="Casa comunal, dirección inventada para la demostración",
            hours="Sábados, de 9:00 a 13:00",
            invented=True,
        )
    )
    ServicePoint.objects.bulk_create(points)
    Neighbourhood.objects.bulk_create(
        Neighbourhood(parish=parish, name=name, invented=True, source="Inventado para la demostración")
        for parish in Parish.objects.filter(code__in=NEIGHBOURHOODS)
        for name in NEIGHBOURHOODS[parish.code]
    )


# --- proposals and what the city owes ----------------------------------------------------------------------


def _write_proposal(sketch: Sketch, accounts, now: datetime) -> None:
    line, text = sketch.line, sketch.text
    rng = random.Random(f"proposal {sketch.id}")
    status = line["status"]
    # At an hour when people are awake, and always in the past.
    published = now - timedelta(days=text["days"], hours=rng.uniform(1, 9))
    draft = status == Proposal.Status.DRAFT
    category, _new = Category.objects.get_or_create(slug=slugify(line["category"]), defaults={"name": line["category"]})
    place = [*text["place"], "", "", ""]
    proposal = Proposal(
        title=line["title"],
        summary=line["summary"],
        body=text.get("body_before", text["body"]).strip(),
        category=category,
        parish=sketch.parish,
        neighbourhood=place[0],
        street=place[1],
        reference=place[2],
        author=sketch.author,
        status=status,
        created=published - timedelta(hours=2),
        published_at=None if draft else published,
        expires_at=None if draft else published + settings.SUPPORT_PERIOD,
        withdrawal=text.get("withdrawal", ""),
        withdrawal_note=text.get("note", ""),
        thread=Thread.objects.create(public=not draft, owner=sketch.author),
        box=SupportBox.objects.create(
            scope=sketch.parish, threshold=threshold_for(sketch.parish), open=draft or status in TAKES_SUPPORTS
        ),
    )
    sketch.steps = _steps(sketch, proposal, accounts, now)
    proposal.search_text = search.search_text(proposal)
    proposal._history_date, proposal._history_user = published, sketch.author
    proposal.save()
    tags = [Tag.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0] for name in text["tags"]]
    proposal.tags.set(tags)
    Thread.objects.filter(pk=proposal.thread_id).update(path=proposal.get_absolute_url())
    if proposal.answer:
        Answer.objects.filter(pk=proposal.answer_id).update(path=proposal.get_absolute_url())
    if not draft:
        TitleGram.objects.bulk_create(
            TitleGram(proposal=proposal, gram=gram) for gram in sorted(search.grams_of(proposal.title))
        )
    StatusChange.objects.bulk_create(
        StatusChange(proposal=proposal, status=step, at=at, note=note[:300]) for step, at, note in sketch.steps
    )
    sketch.proposal = proposal


def _steps(sketch: Sketch, proposal: Proposal, accounts, now) -> list[tuple[str, datetime, str]]:
    """The states it passed through with their dates; writes the answer that is owed on the way."""
    status = Proposal.Status
    if proposal.status == status.DRAFT:
        return []
    steps = [(status.OPEN, proposal.published_at, "")]
    if proposal.status == status.WITHDRAWN:
        steps.append((status.WITHDRAWN, now - timedelta(days=20), ""))
    if proposal.status == status.ARCHIVED:
        steps.append((status.ARCHIVED, proposal.expires_at, ""))
    if "answer" not in sketch.text:
        return steps
    answer, milestones = _write_answer(sketch, accounts, now)
    proposal.answer = answer
    steps.append((status.REACHED, answer.asked_at, ""))
    if answer.assigned_at:
        steps.append((status.REVIEW, answer.assigned_at, ""))
    if answer.answered_at:
        steps.append((status.ANSWERED, answer.answered_at, ""))
    began = [m.updated for m in milestones if m.state in ("ongoing", "done")]
    if began:
        steps.append((status.EXECUTION, min(began), ""))
    if milestones and all(m.state == "done" for m in milestones):
        steps.append((status.DONE, max(began), ""))
    return steps


def _write_answer(sketch: Sketch, accounts, now) -> tuple[Answer, list[Milestone]]:
    facts = sketch.text["answer"]

    def ago(name):
        return now - timedelta(days=facts[name], hours=1) if name in facts else None

    def agency(name):
        return Agency.objects.get(slug=facts[name]) if name in facts else None

    asked, extended = ago("owed"), ago("extended")
    due = end_of_day_after(asked, settings.ANSWER_DAYS)
    officer = accounts["dependencia"]
    answer = Answer(
        subject=sketch.line["title"],
        search_text=plain(sketch.line["title"])[:200],
        parish=sketch.parish,
        asked_at=asked,
        assign_due=end_of_day_after(asked, settings.ANSWER_ASSIGN_DAYS),
        due=end_of_day_after(due, settings.ANSWER_EXTENSION_DAYS) if extended else due,
        agency=agency("agency"),
        assigned_at=ago("assigned"),
        passed_from=agency("passed_from"),
        passed_at=ago("passed"),
        pass_reason=facts.get("pass_reason", ""),
        extended_at=extended,
        extension_reason=facts.get("extension_reason", ""),
        outcome=facts.get("outcome", ""),
        body=facts.get("body_before", facts.get("body", "")).strip(),
        institution=facts.get("institution", ""),
        institution_contact=facts.get("institution_contact", ""),
        answered_at=ago("answered"),
    )
    if answer.answered_at and answer.agency == officer.appointments[0].agency:
        answer.answered_by = officer
    answer._history_date = answer.answered_at or answer.assigned_at or asked
    answer.save()
    correct_answer(answer, facts, now)
    milestones = [write_milestone(answer, row, now) for row in facts.get("milestones", [])]
    return answer, milestones


# --- comments ------------------------------------------------------------------------------------------------


def _write_comments(sketches: list[Sketch], accounts, now) -> None:
    neighbours = [u for a, u in accounts.items() if a.startswith("vecino")]
    residents = [u for a, u in accounts.items() if a.startswith("residente")]
    for sketch in sketches:
        if sketch.text["comments"]:
            _write_thread(sketch, accounts, neighbours, residents, now)


def _write_thread(sketch: Sketch, accounts, neighbours, residents, now) -> None:
    rng = random.Random(f"comments {sketch.id}")
    thread = sketch.proposal.thread
    voices = rng.sample([u for u in neighbours + residents if u != sketch.author], k=min(30, len(neighbours)))
    start = sketch.proposal.published_at
    at, step = start, (now - timedelta(minutes=30) - start) / (len(sketch.text["comments"]) + 1)
    root = None
    for number, text in enumerate(sketch.text["comments"]):
        at += step * rng.uniform(0.5, 1.0)
        reply = text.startswith("> ")
        text = text.removeprefix("> ")
        author, appointment = voices[number % len(voices)], None
        if text.startswith("@"):
            account, _space, text = text[1:].partition(" ")
            author = sketch.author if account == "author" else accounts[account]
            appointment = author.appointments[0] if author.appointments else None
        comment = Comment(
            thread=thread,
            parent=root if reply else None,
            answers_to=root if reply else None,
            author=author,
            appointment=appointment,
            by_owner=author == sketch.author,
            body=text,
            created=at,
        )
        comment._history_date, comment._history_user = at, author
        opinions = _opinions(rng, [u for u in neighbours if u != author], reply)
        comment.useful, comment.not_useful = sum(opinions.values()), len(opinions) - sum(opinions.values())
        comment.save()
        CommentRating.objects.bulk_create(CommentRating(comment=comment, user=u, useful=o) for u, o in opinions.items())
        root = root if reply else comment
    thread.comments = len(sketch.text["comments"])
    thread.version = thread.comments
    Thread.objects.filter(pk=thread.pk).update(comments=thread.comments, version=thread.version)


def _opinions(rng, raters, reply: bool) -> dict[User, bool]:
    most = 4 if reply else 18
    return {user: rng.random() < 0.88 for user in rng.sample(raters, rng.randrange(0, most))}


# --- pictures ----------------------------------------------------------------------------------------------------


def _picture(kind: str, name: str):
    """A drawn scene under a name that looks like every upload's and is the same at every run."""
    return pictures.draw_scene(kind, int(name.split()[0]), f"{uuid.uuid5(uuid.NAMESPACE_URL, name).hex}.webp")


def _save_picture(row, kind: str, name: str) -> None:
    picture = _picture(kind, name)
    row.image.save(picture.name, picture, save=False)
    row.save()


def _write_pictures(sketches: list[Sketch]) -> None:
    by_id = {s.id: s.proposal for s in sketches}
    for id, kinds in PICTURES.items():
        for n, kind in enumerate(kinds):
            _save_picture(ProposalPhoto(proposal=by_id[id], alt=ALTS[kind]), kind, f"{id} {n}")
    for n, milestone in enumerate(Milestone.objects.exclude(state="planned").order_by("pk")):
        kind = "plaza" if milestone.answer.proposal == by_id["021"] else "court"
        _save_picture(MilestonePhoto(milestone=milestone, alt=ALTS[kind]), kind, f"{500 + n} hito")
