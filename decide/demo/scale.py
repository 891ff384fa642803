"""The `city` data set, for measuring: 2,000 proposals, 20,000 supports, 5,000 comments beside the demo city, and one
more year of the budget in which the 65 parishes prioritised 600 works."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from budgets.models import Phase
from budgets.services.year import usual_dates
from decide.accounts.models import User
from decide.comments.models import Comment, Thread
from decide.demo import people
from decide.demo.assemblies import SENT, stored_towns
from decide.demo.budget_years import write_year
from decide.demo.budgets import write_decided
from decide.demo.works import plan_of
from decide.territory.models import Parish
from proposals import search
from proposals.models import Category, Proposal, StatusChange, TitleGram
from votes.models import Support, SupportBox
from votes.services import threshold_for

PROPOSALS, SUPPORTS, COMMENTS = 2_000, 20_000, 5_000
WORKS = 600
LONGEST_THREAD = 200  # comments of the most discussed proposal
OFFSET, SHARE = -2, Decimal("0.90")  # the year, counted from this one, and its part of the real amounts
NOT_FUNDED = 6  # numbers of votes that a parish leaves to what is not funded, and to chance
MARK = "Ciudad grande"  # what each title begins with


def is_loaded() -> bool:
    return Proposal.objects.filter(title__startswith=MARK).exists()


@transaction.atomic
def load_scale(now: datetime | None = None) -> None:
    """In bulk, without history rows; the counts equal their rows."""
    now = now or timezone.now()
    rng = random.Random(65)
    proposals = _write_proposals(rng, now)
    _write_supports(rng, proposals, now)
    _write_comments(rng, proposals, now)
    write_budgets(now)


def _sentence(rng, language: list[str], words: int) -> str:
    return " ".join(rng.choices(language, k=words)).capitalize() + "."


def _write_proposals(rng, now) -> list[Proposal]:
    parishes = [*Parish.objects.order_by("code"), None]
    weights = [p.population if p else 100_000 for p in parishes]
    categories, authors = list(Category.objects.all()), list(User.objects.filter(residence__isnull=False))
    thresholds = {parish: threshold_for(parish) for parish in parishes}
    homes = rng.choices(parishes, weights, k=PROPOSALS)
    boxes = SupportBox.objects.bulk_create(SupportBox(scope=home, threshold=thresholds[home]) for home in homes)
    writers = rng.choices(authors, k=PROPOSALS)
    threads = Thread.objects.bulk_create(Thread(public=True, owner=author) for author in writers)
    things, places, language = people.words("things"), people.words("places"), people.words("words")
    proposals = []
    for n, (home, box, thread, author) in enumerate(zip(homes, boxes, threads, writers, strict=True), 1):
        title = f"{MARK} {n}: {rng.choice(things)} para el {rng.choice(places)}"
        published = now - timedelta(minutes=rng.randrange(60, 350 * 24 * 60))
        proposal = Proposal(
            title=title,
            slug="ciudad-grande",
            summary=_sentence(rng, language, 18),
            body="\n\n".join(_sentence(rng, language, 60) for _i in range(3)),
            category=rng.choice(categories),
            parish=home,
            author=author,
            status=Proposal.Status.OPEN,
            created=published,
            published_at=published,
            expires_at=published + settings.SUPPORT_PERIOD,
            thread=thread,
            box=box,
        )
        proposal.search_text = search.search_text(proposal)
        proposals.append(proposal)
    Proposal.objects.bulk_create(proposals, batch_size=500)
    for proposal in proposals:
        proposal.thread.path = proposal.get_absolute_url()
    Thread.objects.bulk_update(threads, ["path"], batch_size=500)
    StatusChange.objects.bulk_create(
        (StatusChange(proposal=p, status=p.status, at=p.published_at) for p in proposals), batch_size=2000
    )
    TitleGram.objects.bulk_create(
        (TitleGram(proposal=p, gram=gram) for p in proposals for gram in sorted(search.grams_of(p.title))),
        batch_size=5000,
    )
    return proposals


def _write_supports(rng, proposals, now) -> None:
    """Ten each on average, a few with many; residents of 65 parishes, in proportion to their population."""
    parishes = list(Parish.objects.order_by("code"))
    homes = rng.choices(parishes, [p.population for p in parishes], k=6_000)
    residences = people.load_residences(homes, now, first=100_000)
    supports = []
    for proposal, wanted in zip(proposals, _how_many(rng, proposals), strict=True):
        chosen = rng.sample(residences, wanted)
        here = [r for r in chosen if proposal.parish_id in (None, r.parish_id)]
        proposal.box.supports, proposal.box.counted, proposal.box.version = wanted, len(here), wanted
        span = now - proposal.published_at
        supports += [
            Support(box=proposal.box, residence=r, counted=proposal.parish_id in (None, r.parish_id), created=at)
            for r in chosen
            for at in [proposal.published_at + span * rng.random()]
        ]
    Support.objects.bulk_create(supports, batch_size=2000)
    SupportBox.objects.bulk_update([p.box for p in proposals], ["supports", "counted", "version"], batch_size=500)


def _how_many(rng, proposals) -> list[int]:
    """SUPPORTS shared out unevenly, at least one each, all below their thresholds: these proposals are still open."""
    numbers = [1] * len(proposals)
    weights = [rng.paretovariate(1.6) for _p in proposals]
    left = SUPPORTS - len(proposals)
    while left:
        for index in rng.choices(range(len(proposals)), weights, k=left):
            if numbers[index] < proposals[index].box.threshold - 1:
                numbers[index] += 1
                left -= 1
    return numbers


def _write_comments(rng, proposals, now) -> None:
    authors = list(User.objects.filter(email__startswith="vecino"))
    language = people.words("words")
    numbers = [LONGEST_THREAD] + [0] * (len(proposals) - 1)
    for index in rng.choices(range(1, len(proposals)), k=COMMENTS - LONGEST_THREAD):
        numbers[index] += 1
    roots, replies = [], []
    for proposal, number in zip(proposals, numbers, strict=True):
        span = now - proposal.published_at
        for i in range(number):
            comment = Comment(
                thread=proposal.thread,
                author=rng.choice(authors),
                body=_sentence(rng, language, rng.randrange(6, 40)),
                created=proposal.published_at + span * ((i + rng.random()) / (number + 1)),
            )
            if i % 4 == 3:
                comment.parent = comment.answers_to = roots[-1]
                replies.append(comment)
            else:
                roots.append(comment)
        proposal.thread.comments = proposal.thread.version = number
    Comment.objects.bulk_create(roots, batch_size=1000)
    Comment.objects.bulk_create(replies, batch_size=1000)
    Thread.objects.bulk_update([p.thread for p in proposals], ["comments", "version"], batch_size=500)


# --- one more year of the budget ------------------------------------------------------------------------------------


def write_budgets(now) -> None:
    """The year before the demo's oldest: every parish decided, WORKS were prioritised in all."""
    accounts, towns = people.stored_accounts(), stored_towns("ciudad grande")
    number = timezone.localdate(now).year + OFFSET
    money = write_year(number, OFFSET, SHARE, usual_dates(number), Phase.FOLLOW_UP, {}, accounts, now)
    parishes = list(Parish.objects.select_related("zone").defer("boundary").order_by("code"))
    seats = {p.code: SENT * len(towns.local[p.code]) for p in parishes}
    wanted = _works_each(money, {code: number - NOT_FUNDED for code, number in seats.items()})
    plans = [
        plan_of(money, p, [], towns.places(p.code), hall=(seats[p.code], seats[p.code] - 1), number=wanted[p.code])
        for p in parishes
    ]
    write_decided(plans, towns, accounts)


def _works_each(money, most: dict[str, int]) -> dict[str, int]:
    """WORKS shared out by what each parish has, at least one each, and no more than its hall can tell apart."""
    number = dict.fromkeys(most, 1)
    for _n in range(WORKS - len(number)):
        free = [code for code in number if number[code] < most[code]]
        number[max(free, key=lambda code: (money.amounts[code] / number[code], code))] += 1
    return number
