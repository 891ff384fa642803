"""Who supports what in the demo city: supports follow states and thresholds."""

import random
from datetime import timedelta

from decide.demo import people
from decide.demo.sketches import Sketch
from decide.territory.models import Parish
from proposals.models import Proposal
from votes.models import Support, SupportBox

STORY = "017"  # "Caminos seguros a la escuela en La Argelia": two supports short
STORY_MISSING = 2
# The story's last supports come from these two, who live in La Argelia.
STORY_WAITS_FOR = ("residente2", "residente3")
# How far the most wanted proposal still gathering supports has come, as a share of its threshold.
MOST_IN_A_PARISH = 0.93
MOST_IN_THE_DISTRICT = 0.4


def write_supports(sketches: list[Sketch], accounts, now) -> None:
    """Supports follow states and thresholds; the weights of the data file are only relative sizes."""
    public = [s for s in sketches if s.proposal.status != Proposal.Status.DRAFT]
    for sketch in public:
        sketch.wanted, sketch.others = _how_many(sketch, public)
    pool = _supporters(public, now)
    everybody = [r for residents in pool.values() for r in residents]
    residents = {a: u.residence for a, u in accounts.items() if u.residence_id and a.startswith("residente")}
    supports = []
    for sketch in public:
        supports += _supports_of(sketch, pool, everybody, residents, now)
    Support.objects.bulk_create(supports, batch_size=2000)
    for sketch in public:
        box = sketch.proposal.box
        box.counted, box.supports = sketch.wanted, sketch.wanted + sketch.others
        box.version = box.supports
    SupportBox.objects.bulk_update([s.proposal.box for s in public], ["counted", "supports", "version"])


def _how_many(sketch: Sketch, all_sketches) -> tuple[int, int]:
    """(supports that count, supports from elsewhere) of one proposal."""
    rng = random.Random(f"supports {sketch.id}")
    threshold, parish = sketch.proposal.box.threshold, sketch.parish
    if sketch.id == STORY:
        wanted = threshold - STORY_MISSING
    elif "answer" in sketch.text:
        wanted = threshold + rng.randrange(0, max(2, threshold // 20))
    else:
        same_kind = [int(s.line["weight"]) for s in all_sketches if bool(s.parish) == bool(parish)]
        most = MOST_IN_A_PARISH if parish else MOST_IN_THE_DISTRICT
        share = most * int(sketch.line["weight"]) / max(same_kind)
        wanted = min(threshold - 3, max(3, round(threshold * share)))
    return wanted, round(wanted * rng.uniform(0.06, 0.2)) if parish else 0


def _supporters(sketches, now) -> dict[Parish, list]:
    """As many invented residents without an account as the supports need, by parish."""
    need = dict.fromkeys(Parish.objects.order_by("code"), 20)
    for sketch in sketches:
        if sketch.parish:
            need[sketch.parish] = max(need[sketch.parish], sketch.wanted)
    spare = max((s.wanted for s in sketches if not s.parish), default=0) - sum(need.values())
    if spare > 0:
        largest = max(need, key=lambda p: p.population)
        need[largest] += spare
    homes = [parish for parish, n in need.items() for _i in range(n)]
    pool = {parish: [] for parish in need}
    for residence in people.load_residences(homes, now, first=1000):
        pool[residence.parish].append(residence)
    return pool


def _supports_of(sketch: Sketch, pool, everybody, residents, now) -> list[Support]:
    rng = random.Random(f"who {sketch.id}")
    box, parish = sketch.proposal.box, sketch.parish
    at_home = pool[parish] if parish else everybody
    # Some of those who count are people one can sign in as, but never those whom the story waits for.
    known = [
        residence
        for account, residence in residents.items()
        if (parish is None or residence.parish_id == parish.pk)
        and not (sketch.id == STORY and account in STORY_WAITS_FOR)
        and (residence.pk == sketch.author.residence_id or rng.random() < 0.35)
    ][: sketch.wanted]
    counted = known + rng.sample(at_home, sketch.wanted - len(known))
    elsewhere = []
    if sketch.others:
        strangers = rng.sample(everybody, min(len(everybody), sketch.others * 3))
        strangers = [r for r in strangers if r.parish_id != parish.pk]
        elsewhere = strangers[: sketch.others]
        sketch.others = len(elsewhere)
    start = sketch.proposal.published_at
    reached = [at for step, at, _note in sketch.steps if step != Proposal.Status.OPEN]
    span = (min(reached) if reached else now - timedelta(minutes=20)) - start
    return [
        Support(box=box, residence=residence, counted=yes, created=start + span * (rng.random() ** 0.7))
        for residence, yes in [(r, True) for r in counted] + [(r, False) for r in elsewhere]
    ]
