"""What watchers of a session see."""

from django.db.models import Count, F, Q

from decide.assemblies.models import Assembly, Item, Mark, Session

_PRESENT = Q(attendances__confirmed=True, attendances__left_at=None) & (
    Q(attendances__seat__isnull=False) | Q(assembly__level__in=Assembly.REGISTERING)
)

_COLUMNS = ("pk", "version", "status", "entitled", "quorum_to_sit", "quorum_to_decide", "counts_shown")


def session_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, {"status": …, "present": …, "quorum": …, "items": …})}` of the public ones, in three SELECTs.

    `quorum`: how many are needed to sit, once it is open to decide. `items`: votes by the id of the item, null while
    they are not shown: hands until two people counted them, phones until the item closes (or as they come).
    """
    return {
        session["pk"]: (
            session["version"],
            {
                "status": session["status"],
                "present": session["present"],
                "quorum": _needed(session),
                "items": {str(item["pk"]): _votes(session, item) for item in session["items"]},
            },
        )
        for session in _read(ids)
    }


def hall_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, state)}`: what the projector, the phones and the table need beside `session_states`.

    `entitled`: seats; `reached`: whether the quorum is there; `waiting`, `open`, `closed`, `pending` (hands that wait
    for a second person): by the id of the item; `phones`: something is open by phone, and `voted`: how many seats have
    marked some of it; `idle`: nothing is voted now; `count`: how many items; `arriving`: QR marks not yet confirmed.
    """
    sessions = _read(ids)
    voted = _voted([session["pk"] for session in sessions])
    return {
        session["pk"]: (
            session["version"],
            {
                "status": session["status"],
                "present": session["present"],
                "entitled": session["entitled"],
                "quorum": _needed(session),
                "reached": session["present"] >= _needed(session),
                "count": len(session["items"]),
                "open": {str(i["pk"]): i["status"] == Item.Status.OPEN for i in session["items"]},
                "waiting": {str(i["pk"]): i["status"] == Item.Status.WAITING for i in session["items"]},
                "closed": {str(i["pk"]): i["status"] == Item.Status.CLOSED for i in session["items"]},
                "pending": {str(i["pk"]): i["entered"] and not i["confirmed"] for i in session["items"]},
                "votes": {str(i["pk"]): _votes(session, i) for i in session["items"]},
                "idle": all(i["status"] != Item.Status.OPEN for i in session["items"]),
                "phones": any(
                    i["status"] == Item.Status.OPEN and i["way"] == Item.Way.PHONES for i in session["items"]
                ),
                "voted": voted.get(session["pk"], 0),
                "arriving": session["arriving"],
            },
        )
        for session in sessions
    }


def _read(ids) -> list[dict]:
    """Each public session's columns with who is present, and its items in their order."""
    sessions = list(
        Session.objects.public()
        .filter(pk__in=ids)
        .annotate(
            present=Count("attendances", filter=_PRESENT),
            arriving=Count("attendances", filter=Q(attendances__confirmed=False)),
        )
        .values(*_COLUMNS, "present", "arriving")
    )
    items: dict[int, list] = {session["pk"]: [] for session in sessions}
    rows = (
        Item.objects.filter(session__in=items)
        .annotate(
            marked=Count("marks"),
            entered=Q(hand_count__isnull=False),
            confirmed=Q(hand_count__confirmed_at__isnull=False),
        )
        .order_by("position", "pk")
        .values("pk", "session", "status", "way", "votes", "marked", "entered", "confirmed")
    )
    for item in rows:
        items[item["session"]].append(item)
    return [{**session, "items": items[session["pk"]]} for session in sessions]


def _needed(session: dict) -> int:
    called = session["status"] in (Session.Status.DRAFT, Session.Status.CALLED)
    return session["quorum_to_sit"] if called else session["quorum_to_decide"]


def _votes(session: dict, item: dict) -> int | None:
    if item["status"] == Item.Status.CLOSED:
        return item["votes"]
    as_they_come = session["counts_shown"] == Session.Counts.AS_THEY_COME
    if item["status"] == Item.Status.OPEN and item["way"] == Item.Way.PHONES and as_they_come:
        return item["marked"]
    return None


def _voted(ids) -> dict[int, int]:
    """Seats that have marked at least one of what is open, by the id of the session."""
    marks = Mark.objects.filter(item__session__in=ids, item__status=Item.Status.OPEN)
    counted = marks.values(session=F("item__session")).annotate(voted=Count("seat", distinct=True)).order_by()
    return dict(counted.values_list("session", "voted"))
