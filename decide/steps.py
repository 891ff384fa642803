"""A story in dated steps, told alike for whatever people ask for and the city does.

Each owner (a proposal; a poll, a request, a work) has one function that returns its `Step`s; `story` puts them in
order, and `templates/components/_steps.html` shows them. Words are made when they are read, from facts that are
stored, so that each reader has them in their language.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.utils import timezone

# So many steps that are over stay in sight; the earlier ones are folded, so that a long story is short on a phone.
IN_SIGHT = 4


@dataclass(frozen=True)
class Step:
    """`at`: a moment, a day, or nothing. `state`: "done"; "now", where it stands; "late", owed and past its day;
    "next". `note` and `who` are plain sentences, escaped where they are shown: what happened or why, and who owes
    the step until when. `link` is the page that proves it, `link_label` what one finds there.
    """

    label: str
    at: datetime | date | None = None
    state: str = "done"
    note: str = ""
    who: str = ""
    link: str = ""
    link_label: str = ""


def story(steps: list[Step]) -> dict[str, list[Step]]:
    """`{"earlier": […], "steps": […]}`: what happened by date, the last of it "now", then what is owed by date.

    Steps of one moment stay in the order in which they were given; what has no date comes last.
    """
    done = sorted((s for s in steps if s.state in ("done", "now")), key=_moment)
    owed = sorted((s for s in steps if s.state in ("late", "next")), key=_moment)
    if done:
        done[-1] = replace(done[-1], state="now")
    fold = len(done) - IN_SIGHT if len(done) > IN_SIGHT + 1 else 0  # one alone is not worth a tap
    return {"earlier": done[:fold], "steps": [*done[fold:], *owed]}


def _moment(step: Step) -> datetime:
    """A day without an hour comes after everything of that day."""
    if step.at is None:
        return datetime.max.replace(tzinfo=timezone.get_default_timezone())
    if isinstance(step.at, datetime):
        return step.at
    return timezone.make_aware(datetime.combine(step.at, time.max))
