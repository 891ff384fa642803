"""What the people of the demo city follow, and what they were told already."""

from datetime import datetime, timedelta

from decide.accounts.models import User
from decide.comments.models import Thread
from decide.demo.sketches import Sketch
from decide.notices.groups import Group
from decide.notices.models import Follow, FollowList, Notice
from decide.territory.models import Parish
from proposals.models import Proposal

READ_AFTER = timedelta(hours=9)


def write_notices(sketches: list[Sketch], accounts: dict[str, User], now: datetime) -> None:
    """What authors were told already (the mails went out at the time), and who follows what."""
    _write_told(sketches)
    _write_follows(sketches, accounts, now)


def _write_told(sketches: list[Sketch]) -> None:
    notices = []
    for sketch in sketches:
        for step, at, _note in sketch.steps:
            if step == Proposal.Status.REACHED:
                told = {
                    "kind": "proposal-reached",
                    "key": f"proposal-reached:{sketch.proposal.pk}",
                    "subject": "Su propuesta alcanzó su umbral",
                    "body": f"«{sketch.proposal.title}» reunió los apoyos que necesitaba.",
                }
                notices.append(_told(sketch.author, sketch.proposal, Group.OWN, at, read_at=at + READ_AFTER, **told))
    Notice.objects.bulk_create(notices)


def _write_follows(sketches: list[Sketch], accounts: dict[str, User], now: datetime) -> None:
    """Authors follow what is theirs; residente1 follows La Argelia, the story's neighbour and a work, and has news."""
    public = [s for s in sketches if s.proposal.published_at]
    for s in public:
        s.proposal.thread.follow_list = FollowList(
            title=s.proposal.title, path=s.proposal.get_absolute_url(), about=f"proposal:{s.proposal.pk}"
        )
    FollowList.objects.bulk_create([s.proposal.thread.follow_list for s in public])
    for s in public:
        s.proposal.thread.follow_list = s.proposal.thread.follow_list  # with the key that it has now
    Thread.objects.bulk_update([s.proposal.thread for s in public], ["follow_list"])
    follows = [
        Follow(list=s.proposal.thread.follow_list, user=s.author, own=True, since=s.proposal.published_at)
        for s in public
        if not s.proposal.by_desk
    ]
    me, parish = accounts["residente1"], Parish.objects.get(code="170116")
    since = now - timedelta(days=20)
    follows.append(Follow(list=FollowList.objects.create(parish=parish), user=me, since=since))
    by_id = {s.id: s.proposal for s in public}
    story, built = by_id["017"], by_id["021"]
    theirs = [proposal for proposal in (story, built) if proposal.author_id != me.pk]
    follows += [Follow(list=proposal.thread.follow_list, user=me, since=since) for proposal in theirs]
    Follow.objects.bulk_create(follows)
    news = [
        (
            story,
            Group.FOLLOWING,
            1,
            "Hay comentarios nuevos",
            f"Comentaron «{story.title}», que usted sigue.",
            "thread-comment",
        ),
        (built, Group.FOLLOWING, 3, "Hay un hito nuevo", f"«{built.title}» tiene un hito nuevo.", "proposal-milestone"),
    ]
    Notice.objects.bulk_create(
        _told(
            me, proposal, group, now - timedelta(days=days), kind=kind, key=f"{kind}:{days}", subject=subject, body=body
        )
        for proposal, group, days, subject, body, kind in news
    )


def _told(person: User, proposal: Proposal, group: str, at, **fields) -> Notice:
    """A notice of the past, whose mail went out at the time."""
    same = {"path": proposal.get_absolute_url(), "about": f"proposal:{proposal.pk}", "mail": Notice.Mail.SENT}
    return Notice(recipient=person, group=group, created=at, mailed_at=at, **same, **fields)
