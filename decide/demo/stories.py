"""What was written anew in the demo city: texts that changed, a corrected answer, dates that moved, duplicates."""

from datetime import datetime, timedelta

from django.utils import timezone

from decide.answers.models import Answer, Milestone
from decide.demo.sketches import Sketch
from proposals import search
from proposals.models import DuplicateLink, Proposal
from proposals.services.authoring import TEXT_VERSION


def change_texts(sketches: list[Sketch], now: datetime) -> None:
    """`edited` days ago its author wrote what stands in `body`; before, `body_before` could be read."""
    for sketch in sketches:
        if "edited" not in sketch.text:
            continue
        proposal = Proposal.objects.get(pk=sketch.proposal.pk)
        proposal.body = sketch.text["body"].strip()
        proposal.search_text = search.search_text(proposal)
        proposal._history_date = now - timedelta(days=sketch.text["edited"])
        proposal._history_user, proposal._change_reason = sketch.author, TEXT_VERSION
        proposal.save()
        sketch.proposal.body, sketch.proposal.search_text = proposal.body, proposal.search_text


def correct_answer(answer: Answer, facts: dict, now: datetime) -> None:
    """`corrected` days ago the agency wrote what stands in `body`; before, `body_before` could be read."""
    if "corrected" not in facts:
        return
    answer.body, answer.correction_reason = facts["body"].strip(), facts["correction_reason"]
    answer.corrected_at = answer._history_date = now - timedelta(days=facts["corrected"])
    answer.save()


def write_milestone(answer: Answer, row: list, now: datetime) -> Milestone:
    """`[title, planned, state, note, {first, done}]`, all in days from today: `first` is what was promised at first,
    `done` when it was done, if not on the planned day."""
    title, days, state, note, *rest = row
    days_of = {"first": days, "done": days} | (rest[0] if rest else {})
    today, done = timezone.localdate(now), state == Milestone.State.DONE
    first = today + timedelta(days=days_of["first"])
    milestone = Milestone(answer=answer, title=title, planned=first, first_planned=first, updated=answer.answered_at)
    milestone._history_date = answer.answered_at
    milestone.save()
    if state == Milestone.State.PLANNED and not rest:
        return milestone
    milestone.planned = today + timedelta(days=days)
    milestone.state, milestone.note = state, note
    milestone.done_on = today + timedelta(days=days_of["done"]) if done else None
    # What is under way began five days ago; what was done was said so on its day.
    milestone.updated = milestone._history_date = now + timedelta(days=days_of["done"] if done else min(days, -5))
    milestone.save()
    return milestone


def write_links(sketches: list[Sketch], accounts, now: datetime) -> None:
    """`repeats`: the number of another, `linked` days ago; by its author where it was withdrawn for that, or else by
    a moderator."""
    by_id = {sketch.id: sketch for sketch in sketches}
    for sketch in sketches:
        if "repeats" not in sketch.text:
            continue
        by_author = sketch.proposal.status == Proposal.Status.WITHDRAWN
        DuplicateLink.objects.create(
            proposal=sketch.proposal,
            original=by_id[sketch.text["repeats"]].proposal,
            by=sketch.author if by_author else accounts["moderacion"],
            by_moderator=not by_author,
            at=now - timedelta(days=sketch.text["linked"]),
        )
