"""What the room keeps of a person, and how it forgets them."""

from django.db import transaction

from decide.assemblies.models import (
    Assembly,
    Attendance,
    BoardMember,
    Mark,
    Minutes,
    Objection,
    SeatChange,
    Session,
    StatusChange,
)


def export_own(user) -> dict:
    """The registrations that a person applied for and what they objected to, as JSON-able data."""
    applied = (
        Assembly.objects.filter(applied_by=user).select_related("parish").prefetch_related("board", "founding_files")
    )
    return {
        "registrations": [_registration(assembly) for assembly in applied.order_by("pk")],
        "objections": [
            {
                "assembly": objection.assembly.name,
                "body": objection.body,
                "created": objection.created.isoformat(),
                "reply": objection.reply,
                "hidden_by_moderators": objection.hidden,
            }
            for objection in Objection.objects.filter(author=user).select_related("assembly").order_by("pk")
        ],
        "sessions_attended": [
            {
                "assembly": here.session.assembly.name,
                "session": here.session.get_absolute_url(),
                "name": here.name,
                "arrived": here.at.isoformat(),
                "left": here.left_at and here.left_at.isoformat(),
                "confirmed": here.confirmed,
            }
            for here in Attendance.objects.filter(appointment__holder=user)
            .select_related("session__assembly")
            .order_by("pk")
        ],
        "votes_by_phone": [
            {"session": mark.item.session.get_absolute_url(), "item": mark.item.title, "at": mark.at.isoformat()}
            for mark in Mark.objects.filter(appointment__holder=user).select_related("item__session").order_by("pk")
        ],
    }


def _registration(assembly: Assembly) -> dict:
    return {
        "id": assembly.pk,
        "name": assembly.name,
        "level": assembly.level,
        "status": assembly.status,
        "parish": assembly.parish.code if assembly.parish else None,
        "neighbourhood": assembly.neighbourhood_name,
        "extent": assembly.extent,
        "founded_on": assembly.founded_on and assembly.founded_on.isoformat(),
        "applied": assembly.applied_at.isoformat(),
        "board": [{"role": member.role, "name": member.name} for member in assembly.board.all()],
        "files": [
            {"kind": file.kind, "sha256": file.sha256, "size": file.size, "names": file.names}
            for file in assembly.founding_files.all()
        ],
    }


@transaction.atomic
def erase_own(user) -> None:
    """Assemblies and objections stay without whoever wrote or decided them, in history rows too.

    Who sat in a public session, and voted there by name, stays in its list and minutes: a public record of an office.
    """
    for model, fields in (
        (Assembly, ("applied_by", "filed_by", "decided_by")),
        (StatusChange, ("by",)),
        (SeatChange, ("by",)),
        (BoardMember, ("account",)),
        (Objection, ("author",)),
    ):
        # Not through save(): the erasing itself leaves no row of history that says who it was.
        for field in fields:
            model.objects.filter(**{field: user}).update(**{field: None})
    for history, fields in (
        (Assembly.history, ("applied_by", "filed_by", "decided_by", "history_user")),
        (Objection.history, ("author", "history_user")),
        (Session.history, ("called_by", "history_user")),
        (Minutes.history, ("scan_by", "first_lock_by", "locked_by", "history_user")),
    ):
        for field in fields:
            history.filter(**{field: user}).update(**{field: None})
