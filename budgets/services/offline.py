"""What was filled in without internet comes in: received once, applied by a second person, through the assemblies' own
services. Locks: decision, session, their rows."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import decision_rules as rules
from budgets.models import Candidate, Decision, OfflineFile
from budgets.offline_reading import differences, digest, moment_of, read_content
from budgets.services.deciding import decide_result, lock_decision
from budgets.tally import project_id
from decide.accounts.models import Appointment
from decide.assemblies import services as assemblies
from decide.assemblies import session_rules
from decide.assemblies.models import Attendance, HandCount, Item, Session
from decide.assemblies.services.hall import lock_session
from decide.errors import Refused
from proposals.services.lifecycle import in_spanish

OBSERVATIONS = 5000


@transaction.atomic
@in_spanish()
def receive_offline(*, decision: Decision, officer, data: bytes) -> tuple[OfflineFile, bool]:
    """`(the file, whether it is new)`: the same content again changes nothing, whatever its spaces and order.

    Raises Refused: 403 (not of the table), 409 (rules not fixed), 400 (what is wrong with the file).
    """
    locked = lock_decision(decision.pk)
    session_rules.refuse_unless_conducts(officer, locked.session)
    rules.refuse_unless_fixed(locked)
    content = read_content(data, locked)
    sha256 = digest(content)
    if known := OfflineFile.objects.filter(decision=locked, sha256=sha256).first():
        return known, False
    try:
        with transaction.atomic():
            made = OfflineFile.objects.create(
                decision=locked,
                sha256=sha256,
                content=content,
                differences=differences(content, locked),
                sent_by=officer,
            )
    except IntegrityError:
        return OfflineFile.objects.get(decision=locked, sha256=sha256), False
    return made, True


@transaction.atomic
@in_spanish()
def apply_offline(*, file: OfflineFile, officer) -> OfflineFile:
    """A second person of the table applies what the first one sent: attendance, the session, the counts, its closing,
    and the result. All of it or nothing; applied again it changes nothing.

    Raises Refused: 403 (who; the same person), 409 (another file was applied, already decided, whatever a service of
    the session refuses).
    """
    decision = lock_decision(file.decision_id)
    file = OfflineFile.objects.select_related("sent_by").get(pk=file.pk)
    session = lock_session(decision.session_id)
    session_rules.refuse_unless_conducts(officer, session)
    if file.applied_at:
        return file
    sender = file.sent_by
    if sender is None or not session_rules.can_conduct(sender, session):
        raise Refused(_("Quien envió este archivo ya no es de la mesa: envíelo de nuevo."), status=409)
    if sender.pk == officer.pk:
        raise Refused(_("Usted envió este archivo. Lo aplica otra persona de la mesa."), status=403)
    if decision.status == Decision.Status.DECIDED or decision.offline_files.exclude(applied_at=None).exists():
        raise Refused(
            _("Esta asamblea ya tiene su resultado. El acta firmada lo corrige, si dice otra cosa."), status=409
        )
    if session.status not in rules.BEFORE_THE_VOTE:
        raise Refused(
            _("La sesión ya está clausurada o se canceló: complete el resultado con el acta firmada."), status=409
        )
    found = differences(file.content, decision)
    found += _attendance(file.content, session, sender)
    _open(file.content, session, sender)
    _counts(file.content, decision, sender, officer)
    _close(file, session, officer)
    decide_result(decision=decision, officer=officer)
    file.differences, file.applied_at, file.applied_by = found, timezone.now(), officer
    file.save()
    return file


def _attendance(content: dict, session: Session, sender) -> list[str]:
    """Everybody of the file in the hall; whoever cannot be is named, and the rest goes on."""
    refused = []
    people = Appointment.objects.in_bulk([row["appointment"] for row in content["present"]])
    for row in content["present"]:
        try:
            with transaction.atomic():
                assemblies.accredit(
                    session=session,
                    appointment=people[row["appointment"]],
                    officer=sender,
                    means=Attendance.Means.OFFLINE,
                    at=moment_of(row["at"], session),
                )
        except Refused as refusal:
            refused.append(str(refusal.reason))
    return refused


def _open(content: dict, session: Session, sender) -> None:
    assemblies.open_session(session=session, officer=sender, at=moment_of(content["opened_at"], session))


def _counts(content: dict, decision: Decision, sender, officer) -> None:
    """The first person enters each count, the second confirms it. What the server already has stays."""
    candidates = {project_id(c): c for c in decision.candidates.select_related("item")}
    for row in content["counts"]:
        _count(candidates[row["id"]], row["votes"], sender, officer)


def _count(candidate: Candidate, votes: int, sender, officer) -> None:
    item = candidate.item
    if item.status == Item.Status.CLOSED:
        return
    item = assemblies.change_way(item=item, way=Item.Way.HANDS, officer=sender)
    assemblies.open_item(item=item, officer=sender)
    entered = HandCount.objects.filter(item=item).first()
    if entered is None:
        assemblies.enter_hand_count(item=item, votes=votes, officer=sender)
    elif entered.votes != votes:
        reason = _("El archivo de la sesión sin internet dice otro número.")
        assemblies.correct_hand_count(item=item, votes=votes, reason=reason, officer=sender)
    assemblies.confirm_hand_count(item=item, officer=officer)


def _close(file: OfflineFile, session: Session, officer) -> None:
    content = file.content
    closed = assemblies.close_session(session=session, officer=officer, at=moment_of(content["closed_at"], session))
    words = {"secretary": content["secretary"], "reader": content["reader"], "sha256": file.sha256}
    said = _("Sin internet: anotó %(secretary)s y volvió a leer %(reader)s. Archivo SHA-256 %(sha256)s.") % words
    text = "\n\n".join(filter(None, [closed.observations, content["observations"], said]))
    assemblies.write_observations(session=closed, officer=officer, text=text[:OBSERVATIONS])
