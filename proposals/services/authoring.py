"""Writing and changing proposals, their photos and documents."""

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

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
from proposals import rules, search
from proposals.models import Category, Proposal, ProposalDocument, ProposalPhoto, Tag
from proposals.services.files import hold_images, place_files
from proposals.services.following import tell_followers
from proposals.services.hiding import lock_cases
from proposals.services.lifecycle import in_spanish, lock_proposal, supporters
from votes import services as votes
from votes.models import SupportBox

# What a change of is told to those who supported or commented.
SUBSTANTIAL = {"title", "summary", "body", "parish"}
EDITABLE = {*SUBSTANTIAL, "category", "neighbourhood", "street", "reference", "lat", "lon"}
# The `history_change_reason` of a change that everybody may read, made when there were supports: of the text that
# people supported, or of something beside it.
TEXT_VERSION, PUBLIC_VERSION = "public-text", "public"
PUBLIC_VERSIONS = {TEXT_VERSION, PUBLIC_VERSION}


class EditedMeanwhile(Refused):
    """The form was opened on an older state. `current` is the proposal as it is now."""

    def __init__(self, current):
        super().__init__(
            _("Esta propuesta cambió mientras usted la editaba. Compare los dos textos y guarde de nuevo."), status=409
        )
        self.current = current


def draft_proposal(
    *,
    title,
    summary,
    category,
    author=None,
    body="",
    parish=None,
    tags=(),
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
) -> Proposal:
    """A new draft with its closed box and its thread that nobody sees yet. `tags` are names.

    A `once_key` that this person already used returns what it made; somebody else's is refused (409).
    """
    if author:
        refuse_suspended(author)
    made = _made_with(Proposal, once_key)
    if made is None:
        try:
            with transaction.atomic():
                proposal = Proposal(
                    title=title,
                    summary=summary,
                    category=category,
                    author=author,
                    body=body,
                    parish=parish,
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
                SupportBox.objects.filter(pk=proposal.box_id).update(open=False)
                proposal.box.open = False
                proposal.search_text = search.search_text(proposal)
                proposal.skip_history_when_saving = True  # one row of history, with the tags
                proposal.save()
                proposal.tags.set(_tags(tags))
                del proposal.skip_history_when_saving
                proposal.save()
                return proposal
        except IntegrityError:
            made = _made_with(Proposal, once_key)
            if made is None:
                raise
    if (made.author_id, made.desk_officer_id) != (author and author.pk, desk_officer and desk_officer.pk):
        raise Refused(_("Este formulario ya se envió desde otra cuenta. Abra uno nuevo."), status=409)
    return made


@transaction.atomic
def edit_proposal(*, proposal, editor, version, **changes) -> Proposal:
    """Change what is in `changes` (fields of EDITABLE, and `tags`: names).

    `version` is the Proposal.version that the form was opened on; raises EditedMeanwhile if it is another by now.
    After a decision of moderators the change waits until one has looked at it: what is returned is still as it was.
    Once there are supports the change is a public version, its scope is settled, and supporters and commenters
    are told of a substantial one, at most once a day.
    """
    refuse_suspended(editor)
    lock_cases(proposal)
    locked = lock_proposal(proposal.pk)
    if not rules.is_author(editor, locked):
        raise Refused(_("Solo quien la propuso puede editarla."), status=403)
    if not rules.can_edit(editor, locked):
        raise Refused(_("Esta propuesta ya no se puede editar: el Municipio debe responder a lo que se apoyó."))
    if version != locked.version:
        raise EditedMeanwhile(locked)
    changed = _changed(locked, changes)
    if not changed:
        return locked
    if "parish" in changed:
        _check_scope(locked)
    changes = {name: changes[name] for name in changed}
    if moderating.edit_waits(locked.case):
        locked.case = moderation.keep_edit(case=locked.case, fields=_as_json(changes))
        return locked
    _apply(locked, changes, editor)
    if locked.case:
        moderation.refresh_case(case=locked.case, excerpt=locked.moderated_text())
    return locked


@transaction.atomic
def follow_edit(sender, case, fields: dict, approved: bool, **kwargs) -> None:
    """A moderator looked at a change that waited. It comes too late where the city owes an answer meanwhile."""
    pk = Proposal.objects.filter(case=case).values_list("pk", flat=True).first()
    if pk is None or not approved:
        return
    locked = lock_proposal(pk)
    if locked.status not in rules.EDITABLE:
        return
    changes = _from_json(fields)
    if "parish" in changes and not rules.can_change_scope(locked):
        del changes["parish"]
    if locked.hidden:  # the words for which it was hidden are no public version
        Proposal.history.filter(id=pk).update(history_change_reason="")
    _apply(locked, changes, locked.author, public=not locked.hidden)


def _as_json(changes: dict) -> dict:
    return {name: value.pk if isinstance(value, Model) else value for name, value in changes.items()}


def _from_json(fields: dict) -> dict:
    changes = dict(fields)
    for name, model in (("category", Category), ("parish", Parish)):
        if changes.get(name):
            changes[name] = model.objects.get(pk=changes[name])
    return changes


def _changed(locked: Proposal, changes: dict) -> set[str]:
    changed = {name for name in changes.keys() & EDITABLE if getattr(locked, name) != changes[name]}
    if changes.get("tags") is not None:
        named = {tag.slug for tag in _named(changes["tags"])}
        changed |= {"tags"} if named != set(locked.tags.values_list("slug", flat=True)) else set()
    return changed


def _apply(locked: Proposal, changes: dict, editor, public: bool = True) -> None:
    """Write the changes of a locked proposal. `public`: whether what it said before may be read among its versions."""
    changed = set(changes)
    if "parish" in changed:
        _rescope(locked, changes["parish"])
    public = public and rules.has_public_versions(locked)
    for name in changed & EDITABLE:
        setattr(locked, name, changes[name])
    if "tags" in changed:
        locked.skip_history_when_saving = True
        locked.tags.set(_tags(changes["tags"]))
        del locked.skip_history_when_saving
    locked.search_text = search.search_text(locked)
    locked.version += 1
    reason = TEXT_VERSION if changed & SUBSTANTIAL else PUBLIC_VERSION
    locked._change_reason = reason if public else ""
    locked.save()
    if rules.was_published(locked) and "title" in changed:
        search.index_title(locked)
        Thread.objects.filter(pk=locked.thread_id).update(path=locked.get_absolute_url())
        notices.rename_list(pk=locked.thread.follow_list_id, title=locked.title, path=locked.get_absolute_url())
    if public and changed & SUBSTANTIAL:
        _tell_of_change(locked, editor)


def _check_scope(locked: Proposal) -> None:
    if not rules.can_change_scope(locked):
        raise Refused(_("Ya hay apoyos: la parroquia o el alcance no se pueden cambiar."))


def _rescope(locked: Proposal, parish) -> None:
    SupportBox.objects.filter(pk=locked.box_id).update(
        scope=parish, threshold=votes.threshold_for(parish), version=F("version") + 1
    )
    locked.box.refresh_from_db()


@in_spanish()
def _tell_of_change(proposal: Proposal, editor) -> None:
    commenters = User.objects.filter(comments__thread=proposal.thread_id, comments__deleted_at=None)
    told = {user.pk: user for user in [*supporters(proposal), *commenters.distinct()] if user.pk != editor.pk}
    step = {
        "kind": "proposal-changed",
        "key": f"proposal-changed:{proposal.pk}:{timezone.localdate()}",
        "path": f"{proposal.get_absolute_url()}versiones/",
    }
    words = {"title": proposal.title}
    notices.tell(
        **step,
        subject=_("Cambió una propuesta que usted apoyó o comentó"),
        body=_(
            "Quien propuso «%(title)s» cambió su texto. Puede ver qué cambió y, si ya no está de acuerdo, "
            "retirar su apoyo."
        )
        % words,
        about=f"proposal:{proposal.pk}",
        group=Group.SUPPORTED,
        recipients=list(told.values()),
    )
    tell_followers(
        proposal,
        **step,
        subject=_("Cambió una propuesta que usted sigue"),
        body=_("Quien propuso «%(title)s» cambió su texto. Puede ver qué cambió.") % words,
        exclude=[editor],
    )


@transaction.atomic
def add_photo(*, proposal, image, alt="", once_key=None) -> ProposalPhoto:
    """Add what `images.clean_photo` made. At most MAX_PHOTOS, and not after the threshold (409)."""
    locked = _lock_for_files(proposal)
    made = _made_with(ProposalPhoto, once_key, locked)
    if made is not None:
        return made
    if locked.photos.count() >= rules.MAX_PHOTOS:
        raise Refused(
            _("La propuesta ya tiene %(most)s fotos. Quite una para poner otra.") % {"most": rules.MAX_PHOTOS}
        )
    photo = ProposalPhoto.objects.create(proposal=locked, image=image, alt=alt, once_key=once_key)
    hold_images(locked, [photo])
    place_files(locked.pk)
    photo.refresh_from_db(fields=["case", "hidden"])
    return photo


@transaction.atomic
def remove_photo(*, proposal, photo) -> None:
    _remove_file(_lock_for_files(proposal), photo, "image")


@transaction.atomic
def add_document(*, proposal, file, title, once_key=None) -> ProposalDocument:
    """Add what `images.clean_document` made. At most MAX_DOCUMENTS, and not after the threshold (409)."""
    locked = _lock_for_files(proposal)
    made = _made_with(ProposalDocument, once_key, locked)
    if made is not None:
        return made
    if locked.documents.count() >= rules.MAX_DOCUMENTS:
        raise Refused(
            _("La propuesta ya tiene %(most)s documentos. Quite uno para poner otro.") % {"most": rules.MAX_DOCUMENTS}
        )
    document = ProposalDocument.objects.create(
        proposal=locked, file=file, title=title, size=file.size, once_key=once_key
    )
    place_files(locked.pk)
    return document


@transaction.atomic
def remove_document(*, proposal, document) -> None:
    _remove_file(_lock_for_files(proposal), document, "file")


@transaction.atomic
def delete_draft(*, proposal) -> None:
    """Delete a draft with its files and its history. Raises Refused (409) once it was published."""
    locked = lock_proposal(proposal.pk)
    if rules.was_published(locked):
        raise Refused(_("La propuesta ya es pública: puede retirarla, no borrarla."))
    delete_drafts([locked])


def _lock_for_files(proposal) -> Proposal:
    lock_cases(proposal)
    locked = lock_proposal(proposal.pk)
    if locked.author:
        refuse_suspended(locked.author)
    if locked.status not in rules.EDITABLE:
        raise Refused(_("Esta propuesta ya no se puede editar: el Municipio debe responder a lo que se apoyó."))
    return locked


def _remove_file(locked: Proposal, row, field: str) -> None:
    if row.proposal_id != locked.pk:
        raise Refused(_("Ese archivo no es de esta propuesta."), status=400)
    if not rules.can_remove_files(locked):
        raise Refused(_("Ya hay apoyos: las fotos y los documentos no se quitan. Puede añadir otros."))
    stored = getattr(row, field)
    if row.case_id:
        moderation.close_gone(case=row.case)
    row.delete()
    transaction.on_commit(lambda: stored.delete(save=False))


def _made_with(model, once_key, proposal=None):
    """What this key already made; refused if it was for another proposal."""
    made = model.objects.filter(once_key=once_key).first() if once_key else None
    if made is not None and proposal is not None and made.proposal_id != proposal.pk:
        raise Refused(_("Este formulario ya se envió. Abra uno nuevo."))
    return made


def _named(names) -> list[Tag]:
    """Tags of these names, by their slugs; not stored."""
    wanted = {slugify(name)[:50]: name[:40] for name in names}
    wanted.pop("", None)
    return [Tag(slug=slug, name=name) for slug, name in sorted(list(wanted.items())[: rules.MAX_TAGS])]


def _tags(names) -> list[Tag]:
    """The tags of these names, reused where one is spelled alike but for accents and capitals."""
    named = _named(names)
    Tag.objects.bulk_create(named, ignore_conflicts=True)
    return list(Tag.objects.filter(slug__in=[tag.slug for tag in named]))


def delete_drafts(drafts) -> None:
    """With their files and their history, in the transaction of whoever calls it."""
    stored = []
    for draft in drafts:
        stored += [photo.image for photo in draft.photos.all()] + [doc.file for doc in draft.documents.all()]
        pk, thread, box = draft.pk, draft.thread, draft.box
        draft.delete()
        thread.delete()
        box.delete()
        apps.get_model("proposals", "HistoricalProposal_tags").objects.filter(proposal_id=pk).delete()
        Proposal.history.filter(id=pk).delete()
    transaction.on_commit(lambda: [file.delete(save=False) for file in stored])
