"""The pages that gather what several sections show."""

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from budgets.models import ParishAllocation, Request
from budgets.year_reading import now_of, year_under_way
from decide.accounts.access import signin_required
from decide.accounts.desks import WHAT_TO_BRING, nearest_desks
from decide.accounts.models import Residence
from decide.answers.models import Answer
from decide.assemblies.models import Assembly
from decide.fields import LineField
from decide.moderation.reading import standing_of
from decide.notices import following
from decide.notices import services as notices
from decide.notices.public import newest_unread
from decide.pages import reading
from decide.pages.waiting import waiting_for
from decide.territory.hexagons import parish_rows
from decide.territory.models import Parish
from proposals.models import Proposal
from votes.reading import in_sight
from votes.services import threshold_for


@require_safe
def home(request):
    """What is open now, near me if I said where I live, and what was achieved."""
    by_parish, everything = reading.tallies()
    rows = parish_rows()
    mine = getattr(request.user, "home_parish_id", None)
    public = Proposal.objects.public()
    near = list(reading.nearly_there(public.filter(parish=mine))[:3]) if mine else []
    open_now = list(reading.nearly_there(public.exclude(parish=mine) if mine else public)[:3])
    moved = list(reading.lately_moved(public)[:3])
    reading.add_photos([*near, *open_now, *moved])
    budget = year_under_way()
    context = {
        "rows": rows,
        "zones": reading.parishes_by_zone(by_parish, rows=rows),
        "open_by_parish": {pk: tally.open for pk, tally in by_parish.items() if pk},
        "district_open": by_parish[None].open if None in by_parish else 0,
        "everything": everything,
        "answers": Answer.objects.counts(),
        "here": next((r for r in rows if r["pk"] == mine), None),
        "near": near,
        "open_now": open_now,
        "moved": moved,
        "polls": list(in_sight()[:3]),
        "budget": budget,
        "budget_now": now_of(budget) if budget else None,
        "how": reading.HOW,
    }
    return render(request, "pages/home.html", context)


@require_safe
def parishes(request):
    """The 65 parishes on the map and as a table, with a search that ignores accents."""
    by_parish = reading.tallies()[0]
    rows = parish_rows()
    words = LineField(required=False).to_python(request.GET.get("q", ""))[:80]
    zone = request.GET.get("zona", "")
    zones = reading.parishes_by_zone(by_parish, words, zone, rows)
    context = {
        "rows": rows,
        "zones": zones,
        "all_zones": sorted({(r["zone__slug"], r["zone__short_name"]) for r in rows}, key=lambda z: z[1]),
        "found": sum(len(z.parishes) for z in zones),
        "words": words,
        "zone": zone,
        "population": sum(r["population_2010"] for r in rows),
    }
    return render(request, "pages/parishes.html", context)


@require_safe
def parish(request, slug):
    """Everything of one parish: who lives there, what is proposed, owed and done, and where one is attended."""
    parishes = following.with_follows(Parish.objects.defer("boundary").with_zone(), request)
    assembly = Assembly.objects.filter(level=Assembly.Level.PARISH, parish=OuterRef("pk")).values("pk")
    asked = Request.objects.public().filter(parish=OuterRef("pk")).order_by().values("parish").values(n=Count("pk"))
    parishes = parishes.annotate(assembly=Subquery(assembly[:1]), requests_count=Subquery(asked))
    parish = get_object_or_404(parishes, slug=slug)
    public = Proposal.objects.public().in_parish(parish)
    context = {
        "parish": parish,
        "tally": reading.tallies(public)[1],
        "threshold": threshold_for(parish),
        "polls": list(in_sight(parish)[:6]),
        "open_now": reading.nearly_there(public)[:6],
        "owed": reading.in_lines(public.filter(status__in=reading.OWED)).order_by("answer__due", "pk")[:6],
        "moved": reading.lately_moved(public)[:6],
        "budgets": ParishAllocation.objects.of_parish(parish)[:3],
        "desks": nearest_desks(parish),
        "neighbourhoods": parish.neighbourhoods.all(),
        "following": parish.following,
        "now": timezone.now(),
    }
    return render(request, "pages/parish.html", context)


@require_http_methods(["GET", "POST"])
def follow_parish(request, slug, wanted):
    """`wanted`: follow, or stop following. A GET comes from signing in, and leads back to the page."""
    parish = get_object_or_404(Parish.objects.defer("boundary"), slug=slug)
    back = f"{parish.get_absolute_url()}#seguir"
    if request.method != "POST":
        return redirect(back)
    return following.answer_tap(request, list=notices.list_of_parish(parish), wanted=wanted, back=back)


@never_cache
@signin_required
@require_safe
def mine(request):
    """What is mine: my verification, my proposals and drafts, my intentions and notices, what waits for my offices."""
    user = request.user
    residence = (
        Residence.objects.filter(pk=user.residence_id)
        .select_related("parish")
        .annotate(
            supports_given=Count("supports", filter=Q(supports__box__hidden=False), distinct=True),
            voted_in=Count("participations", distinct=True),
        )
        .first()
    )
    lives_at_home = residence is not None and residence.parish_id == user.home_parish_id
    context = {
        "proposals": reading.in_lines(user.proposals.order_by("-updated"))[:20],
        "requests": Request.objects.filter(author=user).for_cards().order_by("-updated")[:20],
        "intentions": user.intentions.filter(box__hidden=False).count(),
        "notices": newest_unread(user, 3),
        "residence": residence,
        "home": residence.parish if lives_at_home else user.home_parish,
        "waiting": waiting_for(user),
        "standing": standing_of(user),
    }
    return render(request, "pages/mine.html", context)


@require_safe
def help_page(request):
    """How everything works, in plain words and with the numbers in force."""
    examples = Parish.objects.filter(slug__in=["lloa", "la-argelia", "calderon"]).order_by("population_2010")
    context = {
        "share": settings.SUPPORT_THRESHOLD_SHARE * 100,
        "minimum": settings.SUPPORT_THRESHOLD_MINIMUM,
        "examples": [(p.name, p.population, p.population_year, threshold_for(p)) for p in examples.defer("boundary")],
        "district": threshold_for(None),
        "support_days": settings.SUPPORT_PERIOD.days,
        "intention_days": settings.INTENTION_PERIOD.days,
        "assign_days": settings.ANSWER_ASSIGN_DAYS,
        "answer_days": settings.ANSWER_DAYS,
        "extension_days": settings.ANSWER_EXTENSION_DAYS,
        "age": settings.PARTICIPATION_AGE,
        "how": reading.HOW,
        "desks": nearest_desks(getattr(request.user, "home_parish", None), most=6),
        "what_to_bring": WHAT_TO_BRING,
    }
    return render(request, "pages/help.html", context)


@require_safe
def privacy(request):
    return render(
        request,
        "pages/privacy.html",
        {"contact": settings.DATA_PROTECTION_CONTACT, "intention_days": settings.INTENTION_PERIOD.days},
    )


@require_safe
def terms(request):
    return render(request, "pages/terms.html", {"age": settings.PARTICIPATION_AGE})


@require_safe
def accessibility(request):
    return render(request, "pages/accessibility.html", {"contact": settings.DATA_PROTECTION_CONTACT})


@require_safe
def robots(request):
    closed = ["/gestion/", "/mi/", "/cuentas/", "/mostrador/", "/propuestas/nueva/", "/asambleas/escritorio/"]
    closed += ["/presupuestos/solicitudes/nueva/"]
    closed += ["/moderacion/reportar/", "/moderacion/apelar/"]
    return HttpResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed), "text/plain")
