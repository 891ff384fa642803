"""Reading: the list and the tree, one assembly, its papers."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decide.accounts.access import kept_input, signin_required
from decide.assemblies import reading, rules
from decide.assemblies.forms import FilterForm, ObjectionForm
from decide.assemblies.models import Assembly, FoundingFile, Objection
from decide.assemblies.session_rules import can_call
from decide.assemblies.steps import story_of
from decide.errors import Refused
from decide.media import file_response
from decide.moderation.rules import moderates
from decide.tables import table_response
from decide.territory.hexagons import parish_rows

PER_PAGE = 20


@require_safe
def index(request):
    """The tree of the four levels; with a search or a filter, the list of what was found."""
    rows = parish_rows()
    form = FilterForm(request.GET, rows)
    valid = form.is_valid()
    chips = _chips(request, form) if valid else []
    context = {"form": form, "chips": chips, "rows": rows, "has_desk": has_desk(request.user)}
    if chips or not valid or "pagina" in request.GET:
        found = form.apply(Assembly.objects.public()) if valid else Assembly.objects.none()
        found = found.with_places().order_by("name", "pk")
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
        context |= {"page": page}
    else:
        root, by_parish, counts = reading.tree()
        open_now = Assembly.objects.filter(status=Assembly.Status.OBJECTIONS).with_places()
        context |= {"root": root, "by_parish": by_parish, "counts": counts}
        context["objecting"] = [a for a in open_now.order_by("objections_until") if rules.takes_objections(a)][:6]
    return render(request, "assemblies/list.html", context, status=200 if valid else 400)


@require_safe
def download(request, form):
    """The list as a file, with its filters; without them all assemblies that everybody may see. No names of people."""
    filters = FilterForm(request.GET, parish_rows())
    if not filters.is_valid():
        raise Refused(filters.errors.as_data()[next(iter(filters.errors))][0].messages[0], status=400)
    found = filters.apply(Assembly.objects.public()).with_places().order_by("name", "pk")
    return table_response("asambleas", form, reading.COLUMNS, reading.table_of(found))


def has_desk(user) -> bool:
    return bool(rules.zones_of(user)) or rules.people.has_office(user, rules.Office.PARTICIPATION)


def _chips(request, form) -> list[dict]:
    """What is applied, each with the address of the list without it."""
    chips = form.chips
    for chip in chips:
        without = request.GET.copy()
        for name in (chip["name"], "pagina"):
            without.pop(name, None)
        chip["address"] = f"?{without.urlencode()}"
    return chips


def viewable(request, pk: int) -> Assembly:
    """The assembly, if this person may see it; 404 otherwise."""
    assembly = get_object_or_404(Assembly.objects.with_places().select_related("body", "applied_by"), pk=pk)
    if not rules.can_view(request.user, assembly):
        raise Http404
    return assembly


@require_safe
def go(request, pk):
    return redirect(viewable(request, pk), permanent=True)


@require_safe
def detail(request, pk, slug):
    assembly = viewable(request, pk)
    if slug != assembly.slug:
        return redirect(assembly, permanent=True)
    return render(request, "assemblies/detail.html", detail_context(request, assembly))


def detail_context(request, assembly: Assembly, form=None) -> dict:
    """What its page shows. Levels differ in what they have: at most ten queries for each."""
    user = request.user
    registers = assembly.level in Assembly.REGISTERING
    context = {
        "assembly": assembly,
        "registers": registers,
        "is_public": assembly.is_public,
        "sessions": reading.sessions_of(assembly),
        "changes": reading.changes_of(assembly),
        "sent": reading.sent_by(assembly) if assembly.parent_id else [],
        "can_elect": rules.can_elect(user, assembly),
        "can_call": can_call(user, assembly),
        "can_decide": rules.can_decide(user, assembly),
        "late": rules.is_late(assembly),
    }
    if not registers:
        children = Paginator(reading.public_children(assembly), 70)
        context |= {"representatives": reading.representatives(assembly), "children": children.get_page(1)}
        return context
    now_open = rules.takes_objections(assembly)
    if form is None and now_open:
        typed = kept_input(request)
        form = ObjectionForm(initial=typed.dict() if typed else None)
    return context | {
        "story": story_of(assembly),
        "board": assembly.board.all(),
        "files": [f for f in _with(assembly, assembly.founding_files.all()) if rules.can_view_file(user, f)],
        "objections": _objections(user, assembly) if assembly.objections_until else [],
        "objection_form": form if now_open else None,
        "can_correct": rules.can_correct(user, assembly),
        "applied": rules.applied(user, assembly),
        "moderates": moderates(user),
        "rivals": [a for a in Assembly.objects.rivals_of(assembly).with_places() if rules.can_view(user, a)],
    }


def _with(assembly: Assembly, rows) -> list:
    for row in rows:
        row.assembly = assembly
    return rows


def _objections(user, assembly: Assembly) -> list[Objection]:
    """Those that are shown; of the hidden ones, this person's own, and all of them for moderators."""
    rows = assembly.objections.select_related("author", "case")
    return [o for o in _with(assembly, rows) if not o.hidden or moderates(user) or _wrote(user, o)]


def _wrote(user, objection: Objection) -> bool:
    return user.is_authenticated and objection.author_id == user.pk


@never_cache
@signin_required
@require_safe
def file(request, pk, number):
    """The list of attendance: for who applied and the officers of the zone, who sign in first."""
    return _file(request, pk, number, FoundingFile.Kind.ATTENDANCE)


@require_safe
def minutes(request, pk, number):
    """The founding minutes, as public as the registration."""
    return _file(request, pk, number, FoundingFile.Kind.MINUTES)


def _file(request, pk: int, number: int, kind: str):
    rows = FoundingFile.objects.select_related("assembly__parish__zone", "assembly__zone")
    found = get_object_or_404(rows, pk=number, assembly=pk, kind=kind)
    if not rules.can_view_file(request.user, found):
        raise Http404
    if not found.file:
        return render(request, "assemblies/attendance.html", {"assembly": found.assembly, "file": found})
    return file_response(found.file.name)
