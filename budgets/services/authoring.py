"""Writing and changing requests and their photos."""

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import periods
from budgets import request_rules as rules
from budgets.models import BudgetYear, Request, RequestPhoto
from budgets.search import search_text
from budgets.services.files import hold_images, lock_cases, place_files
from budgets.services.following import tell_followers
from budgets.services.lifecycle import lock_request, supporters
from decide import live
from decide.accounts.models import User
from decide.accounts.suspension import refuse_suspended
from decide.comments import services as comments
from decide.comments.models import Thread
from decide.errors import Refused
from decide.moderation import rules as moderating
from decide.moderation import services as moderation
from decide.notices import services as notices
from decide.notices.groups import Group
from decide.territory.models import Parish
from proposals.services.authoring import PUBLIC_VERSION, TEXT_VERSION
from proposals.services.lifecycle import in_spanish
from votes import services as votes
from votes.models import SupportBox

# What a change of is told to those who supported or commented.
SUBSTANTIAL = {"title", "body", "parish", "kind"}
EDITABLE = {
    *SUBSTANTIAL,
    *("beneficiaries", "beneficiaries_note", "communal_land"),
    *("neighbourhood", "street", "reference", "lat", "lon"),
}


class EditedMeanwhile(Refused):
    """The form was opened on an older state. `current` is the request as it is now."""

    def __init__(self, current):
        super().__init__(
            _("Esta solicitud cambió mientras usted la editaba. Compare los dos textos y guarde de nuevo."), status=409
        )
        self.current = current


def year_for_new() -> BudgetYear:
    """The year that a new request belongs to (`periods`); the next one's row is made where there is none."""
    year = periods.open_year() or periods.coming_year()
    return year or BudgetYear.objects.get_or_create(year=periods.coming_number())[0]


def draft_request(
    *,
    title,
    kind,
    parish,
    body="",
    author=None,
    assembly=None,
    proposal=None,
    beneficiaries=None,
    beneficiaries_note="",
    communal_land=False,
    neighbourhood="",
    street="",
    reference="",
    lat=None,
    lon=None,
    by_desk=False,
    desk_residence=None,
    desk_officer=None,
    code=None,
    once_key=None,
) -> Request:
    """A new draft with its closed box and its thread that nobody sees yet.

    A `once_key` that this person already used returns what it made; somebody else's is refused (409). In the name of
    an `assembly`: only by its president or secretary, for its own parish (403, 400).
    """
    if author:
        refuse_suspended(author)
    if assembly is not None:
        check_assembly(author, assembly, parish)
    made = made_with(Request, once_key)
    if made is None:
        try:
            with transaction.atomic():
                request = Request(
                    year=year_for_new(),
                    parish=parish,
                    kind=kind,
                    title=title,
                    body=body,
                    author=author,
                    assembly=assembly,
                    proposal=proposal,
                    beneficiaries=beneficiaries,
                    beneficiaries_note=beneficiaries_note,
                    communal_land=communal_land,
                    neighbourhood=neighbourhood,
                    street=street,
                    reference=reference,
                    lat=lat,
                    lon=lon,
                    by_desk=by_desk,
                    desk_residence=desk_residence,
                    desk_officer=desk_officer,
                    code=code,
                    once_key=once_key,
                    box=votes.open_box(scope=parish),
                    thread=comments.open_thread(public=False, owner=author),
                )
                SupportBox.objects.filter(pk=request.box_id).update(open=False)
                request.box.open = False
                request.search_text = search_text(request)
                request.save()
                return request
        except IntegrityError:
            made = made_with(Request, once_key)
            if made is None:
                raise
    if (made.author_id, made.desk_officer_id) != (author and author.pk, desk_officer and desk_officer.pk):
        raise Refused(_("Este formulario ya se envió desde otra cuenta. Abra uno nuevo."), status=409)
    return made


def check_assembly(user, assembly, parish) -> None:
    if user is None or not rules.acts_for(user, assembly):
        raise Refused(_("Solo su presidencia o su secretaría piden en nombre de una asamblea."), status=403)
    if assembly.parish_id != parish.pk:
        raise Refused(_("Esa asamblea es de otra parroquia: %(parish)s.") % {"parish": assembly.parish}, status=400)


@transaction.atomic
def edit_request(*, request, editor, version, **changes) -> Request:
    """Change what is in `changes` (fields of EDITABLE).

    `version` is the Request.version that the form was opened on; raises EditedMeanwhile if it is another by now. After
    a decision of moderators the change waits until one has looked at it. Once there are supports the change is a public
    version, its parish is settled, and supporters and commenters are told of a substantial one, at most once a day.
    """
    refuse_suspended(editor)
    lock_cases(request)
    locked = lock_request(request.pk)
    if not rules.is_author(editor, locked):
        raise Refused(_("Solo quien la presentó puede editarla."), status=403)
    if not rules.is_editable(locked):
        raise Refused(_("Ya empezó la revisión: esta solicitud no se puede editar."), status=409)
    if version != locked.version:
        raise EditedMeanwhile(locked)
    changed = {name for name in changes.keys() & EDITABLE if getattr(locked, name) != changes[name]}
    if not changed:
        return locked
    if "parish" in changed:
        if rules.is_settled(locked):
            raise Refused(_("Ya hay apoyos: la parroquia no se puede cambiar."), status=409)
        if locked.assembly:
            raise Refused(_("Se pide en nombre de una asamblea: la parroquia es la suya."), status=400)
    changes = {name: changes[name] for name in changed}
    if moderating.edit_waits(locked.case):
        fields = {name: value.pk if isinstance(value, Model) else value for name, value in changes.items()}
        locked.case = moderation.keep_edit(case=locked.case, fields=fields)
        return locked
    _apply(locked, changes, editor)
    if locked.case:
        moderation.refresh_case(case=locked.case, excerpt=locked.moderated_text())
    return locked


@transaction.atomic
def follow_edit(sender, case, fields: dict, approved: bool, **kwargs) -> None:
    """A moderator looked at a change that waited. It comes too late where the review began meanwhile."""
    pk = Request.objects.filter(case=case).values_list("pk", flat=True).first()
    if pk is None or not approved:
        return
    locked = lock_request(pk)
    if not rules.is_editable(locked):
        return
    changes = dict(fields)
    if changes.get("parish"):
        changes["parish"] = Parish.objects.get(pk=changes["parish"])
        if rules.is_settled(locked):
            del changes["parish"]
    if locked.hidden:  # the words for which it was hidden are no public version
        Request.history.filter(id=pk).update(history_change_reason="")
    _apply(locked, changes, locked.author, public=not locked.hidden)


def _apply(locked: Request, changes: dict, editor, public: bool = True) -> None:
    """Write the changes of a locked request. `public`: whether what it said before may be read among its versions."""
    if "parish" in changes:
        parish = changes["parish"]
        SupportBox.objects.filter(pk=locked.box_id).update(
            scope=parish, threshold=votes.threshold_for(parish), version=F("version") + 1
        )
        locked.box.refresh_from_db()
    public = public and rules.has_public_versions(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.search_text = search_text(locked)
    locked.version += 1
    reason = TEXT_VERSION if changes.keys() & SUBSTANTIAL else PUBLIC_VERSION
    locked._change_reason = reason if public else ""
    locked.save()
    if rules.was_filed(locked) and "title" in changes:
        Thread.objects.filter(pk=locked.thread_id).update(path=locked.get_absolute_url())
        notices.rename_list(pk=locked.thread.follow_list_id, title=locked.title, path=locked.get_absolute_url())
    live.changed(f"request:{locked.pk}")
    if public and changes.keys() & SUBSTANTIAL:
        _tell_of_change(locked, editor)


@in_spanish()
def _tell_of_change(request: Request, editor) -> None:
    but = editor.pk if editor else None
    commenters = User.objects.filter(comments__thread=request.thread_id, comments__deleted_at=None)
    told = {user.pk: user for user in [*supporters(request), *commenters.distinct()] if user.pk != but}
    step = {
        "kind": "request-changed",
        "key": f"request-changed:{request.pk}:{timezone.localdate()}",
        "path": f"{request.get_absolute_url()}versiones/",
        "body": _("Quien pidió «%(title)s» cambió su texto. Puede ver qué cambió y, si quiere, retirar su apoyo.")
        % {"title": request.title},
    }
    notices.tell(
        **step,
        subject=_("Cambió una solicitud que usted apoyó o comentó"),
        about=f"request:{request.pk}",
        group=Group.SUPPORTED,
        recipients=list(told.values()),
    )
    tell_followers(request, **step, subject=_("Cambió una solicitud que usted sigue"), exclude=[editor])


@transaction.atomic
def add_photo(*, request, image, alt="", once_key=None) -> RequestPhoto:
    """Add what `images.clean_photo` made. At most MAX_PHOTOS, and not once the review began (409)."""
    locked = _lock_for_photos(request)
    made = made_with(RequestPhoto, once_key)
    if made is not None:
        if made.request_id != locked.pk:
            raise Refused(_("Este formulario ya se envió. Abra uno nuevo."), status=409)
        return made
    if locked.photos.count() >= rules.MAX_PHOTOS:
        raise Refused(
            _("La solicitud ya tiene %(most)s fotos. Quite una para poner otra.") % {"most": rules.MAX_PHOTOS},
            status=409,
        )
    photo = RequestPhoto.objects.create(request=locked, image=image, alt=alt, once_key=once_key)
    hold_images(locked, [photo])
    place_files(locked.pk)
    photo.refresh_from_db(fields=["case", "hidden"])
    return photo


@transaction.atomic
def remove_photo(*, request, photo) -> None:
    locked = _lock_for_photos(request)
    if photo.request_id != locked.pk:
        raise Refused(_("Esa foto no es de esta solicitud."), status=400)
    if rules.is_settled(locked):
        raise Refused(_("Ya hay apoyos: las fotos no se quitan. Puede añadir otras."), status=409)
    stored = photo.image
    if photo.case_id:
        moderation.close_gone(case=photo.case)
    photo.delete()
    transaction.on_commit(lambda: stored.delete(save=False))


def _lock_for_photos(request) -> Request:
    lock_cases(request)
    locked = lock_request(request.pk)
    if locked.author:
        refuse_suspended(locked.author)
    if not rules.is_editable(locked):
        raise Refused(_("Ya empezó la revisión: esta solicitud no se puede editar."), status=409)
    return locked


@transaction.atomic
def delete_draft(*, request) -> None:
    """Delete a draft, or what is kept, with its photos and history. Raises Refused (409) once it was filed."""
    locked = lock_request(request.pk)
    if rules.was_filed(locked):
        raise Refused(_("La solicitud ya ingresó: puede retirarla, no borrarla."), status=409)
    delete_drafts([locked])


def delete_drafts(drafts) -> None:
    """With their photos and their history, in the transaction of whoever calls it."""
    stored = []
    for draft in drafts:
        stored += [photo.image for photo in draft.photos.all()]
        pk, thread, box = draft.pk, draft.thread, draft.box
        draft.delete()
        thread.delete()
        box.delete()
        Request.history.filter(id=pk).delete()
    transaction.on_commit(lambda: [file.delete(save=False) for file in stored])


def made_with(model, once_key):
    """What this key already made."""
    return model.objects.filter(once_key=once_key).first() if once_key else None
