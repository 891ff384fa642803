"""Registering a neighbourhood assembly or a commune: applying, and correcting what was returned."""

from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Body
from decide.accounts.suspension import refuse_suspended
from decide.answers.deadlines import end_of_day_after
from decide.assemblies import rules
from decide.assemblies.models import Assembly, BoardMember, FoundingFile
from decide.assemblies.services import telling
from decide.assemblies.services.shared import add_step, lock_assembly
from decide.assemblies.services.tree import assembly_of
from decide.errors import Refused
from decide.text import plain

Kind, Status = FoundingFile.Kind, Assembly.Status
FIELDS = ("level", "name", "parish", "neighbourhood", "neighbourhood_name", "extent", "founded_on")


@dataclass(frozen=True)
class Member:
    """One of the board. `mine`: whoever applies says that this is them."""

    name: str
    role: str
    office: str = ""  # BoardMember.Office
    mine: bool = False


@transaction.atomic
def apply_for_registration(
    *, applicant=None, officer=None, board: list[Member], minutes, attendance=None, attendance_names="", once_key=None,
    now=None, **values
) -> Assembly:  # fmt: skip
    """Ask for the registration of an assembly. `values` are FIELDS; `minutes` and `attendance` come from decide.images.

    `applicant` has an account; or an `officer` files it for people who are at a desk. The zone's officer has
    ASSEMBLY_ANSWER_DAYS to answer. A known `once_key` returns what it made. Raises Refused.
    """
    by = applicant or officer
    if applicant is not None:
        refuse_suspended(applicant)
    elif not rules.can_file_on_paper(officer):
        raise Refused(_("Esto se hace en una ventanilla."), status=403)
    if once_key and (made := Assembly.objects.filter(once_key=once_key).first()):
        return _same_sender(made, by)
    now = now or timezone.now()
    _check(values, board, attendance, attendance_names)
    parent = assembly_of(values["parish"])
    assembly = Assembly(
        parent=parent,
        applied_by=applicant,
        by_desk=applicant is None,
        filed_by=None if applicant else officer,
        applied_at=now,
        once_key=once_key,
    )
    _fill(assembly, values, now)
    _refuse_registered_place(assembly)
    assembly.body = Body.objects.create(kind=Body.Kind.ASSEMBLY, name=assembly.name, parish=assembly.parish)
    try:
        with transaction.atomic():
            assembly.save()
    except IntegrityError:  # the same form at the same moment
        made = Assembly.objects.filter(once_key=once_key).first() if once_key else None
        if made is None:
            raise
        assembly.body.delete()
        return _same_sender(made, by)
    _write_board(assembly, board, applicant)
    _add_file(assembly, Kind.MINUTES, minutes)
    _add_file(assembly, Kind.ATTENDANCE, attendance, attendance_names)
    add_step(assembly, by=by, at=now)
    telling.tell_applied(assembly)
    return assembly


@transaction.atomic
def correct_registration(
    *,
    by,
    assembly: Assembly,
    board: list[Member],
    minutes=None,
    attendance=None,
    attendance_names="",
    now=None,
    **values,
) -> Assembly:
    """Send again what was returned, with a new deadline for its answer. Files that are not sent anew stay."""
    refuse_suspended(by)
    locked = lock_assembly(assembly.pk)
    if not rules.can_correct(by, locked):
        if rules.applied(by, locked) or (locked.by_desk and rules.can_file_on_paper(by)):
            raise Refused(_("Esta solicitud ya no se puede corregir: la revisa la Administración Zonal."))
        raise Refused(_("Solo quien presentó la solicitud puede corregirla."), status=403)
    now = now or timezone.now()
    kept = locked.founding_files.filter(kind=Kind.ATTENDANCE).exists()
    _check(values, board, attendance, attendance_names, kept=kept)
    _fill(locked, values, now)
    locked.parent = assembly_of(locked.parish)
    _refuse_registered_place(locked)
    locked.save()
    locked.body.name, locked.body.parish = locked.name, locked.parish
    locked.body.save()
    locked.board.all().delete()
    _write_board(locked, board, locked.applied_by)
    if minutes:
        _replace_file(locked, Kind.MINUTES, minutes)
    if attendance or attendance_names:
        _replace_file(locked, Kind.ATTENDANCE, attendance, attendance_names)
    add_step(locked, by=by, at=now)
    telling.tell_applied(locked, again=True)
    return locked


def _same_sender(made: Assembly, by) -> Assembly:
    if by.pk not in (made.applied_by_id, made.filed_by_id):
        raise Refused(_("Este formulario ya se envió desde otra cuenta. Abra uno nuevo."), status=409)
    return made


def _check(values: dict, board: list[Member], attendance, attendance_names: str, kept=False) -> None:
    if values["level"] not in Assembly.REGISTERING:
        raise Refused(_("Se registran asambleas barriales y comunas."), status=400)
    if values["founded_on"] > timezone.localdate():
        raise Refused(_("La fecha de constitución todavía no llega."), status=400)
    offices = [member.office for member in board if member.office]
    if sorted(offices) != sorted(BoardMember.Office.values):
        raise Refused(_("Escriba quién preside y quién lleva la secretaría."), status=400)
    president, secretary = [plain(member.name).split() for member in board if member.office]
    if president == secretary:
        raise Refused(_("La presidencia y la secretaría son de dos personas."), status=400)
    if not (attendance or attendance_names or kept):
        raise Refused(_("Adjunte la lista de asistencia, o escriba los nombres."), status=400)


def _refuse_registered_place(assembly: Assembly) -> None:
    rival = rules.registered_rival(assembly)
    if rival is not None:
        raise Refused(
            _("Ya hay una asamblea registrada de ese barrio: «%(name)s».") % {"name": rival},
            way_out=(rival.get_absolute_url(), _("Ver esa asamblea")),
        )


def _fill(assembly: Assembly, values: dict, now) -> None:
    for name in FIELDS:
        setattr(assembly, name, values.get(name))
    chosen = assembly.neighbourhood
    if chosen is not None and chosen.parish_id != assembly.parish.pk:
        raise Refused(_("Ese barrio no es de la parroquia que eligió."), status=400)
    assembly.neighbourhood_name = chosen.name if chosen else assembly.neighbourhood_name or assembly.name
    assembly.neighbourhood_key = assembly.key_of_place()
    assembly.search_text = search_text(assembly)
    assembly.status = Status.APPLIED
    assembly.answer_due = end_of_day_after(now, settings.ASSEMBLY_ANSWER_DAYS)
    assembly.decided_at = assembly.decided_by = None
    assembly.decision_reason = ""


def search_text(assembly: Assembly) -> str:
    """What the search reads: names without accents, in lower case."""
    parts = [
        assembly.name,
        assembly.neighbourhood_name,
        assembly.parish.name if assembly.parish else "",
        assembly.extent,
    ]
    return " ".join(plain(" ".join(parts)).split())


def _write_board(assembly: Assembly, board: list[Member], applicant) -> None:
    BoardMember.objects.bulk_create(
        BoardMember(
            assembly=assembly,
            office=member.office,
            account=applicant if member.mine else None,
            role=member.role,
            name=member.name,
            position=position,
        )
        for position, member in enumerate(board)
    )


def _add_file(assembly: Assembly, kind: str, file, names: str = "") -> None:
    """Stored out of reach from its first moment: a page asks who may read it."""
    if file is None:
        FoundingFile.objects.create(assembly=assembly, kind=kind, names=names)
        return
    file.seek(0)
    digest, size = sha256(file.read()).hexdigest(), file.size
    file.seek(0)
    stored = FoundingFile.objects.create(assembly=assembly, kind=kind, file=file, names=names, sha256=digest, size=size)
    stored.file.storage.put_away(stored.file.name)


def _replace_file(assembly: Assembly, kind: str, file, names: str = "") -> None:
    old = list(assembly.founding_files.filter(kind=kind))
    FoundingFile.objects.filter(pk__in=[each.pk for each in old]).delete()
    transaction.on_commit(lambda: [each.file.delete(save=False) for each in old if each.file])
    _add_file(assembly, kind, file, names)
