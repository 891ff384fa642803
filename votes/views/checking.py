"""What observers use: heads as a page, a feed and a sheet; the files; a receipt or a saved head judged."""

from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

import votes
from decide import limits
from votes import frozen
from votes.check_words import check_words
from votes.checking import judge
from votes.forms import FoundForm
from votes.models import ForkDeclaration, Head, Poll
from votes.reading import fingerprint_of
from votes.services.exporting import export_files
from votes.services.sequencing import head_line

PER_PAGE = 20
IN_FEED = 50
TYPES = {".json": "application/json", ".jsonl": "application/x-ndjson"}
VERIFIER = Path(votes.__file__).parent / "verificar.py"


def opened_poll(pk: int) -> Poll:
    """A poll that has a log: it was opened at least. 404 otherwise."""
    return get_object_or_404(Poll.objects.public().exclude(rules_hash=""), pk=pk)


def heads_of(poll: Poll):
    return Head.objects.select_related("poll").filter(poll=poll).order_by("-size")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, pk, slug):
    """Everything to check the count with. A receipt or a saved head comes by POST: no address ever holds it."""
    poll = opened_poll(pk)
    if slug != poll.slug:
        return redirect("votes:check", pk, poll.slug)
    form, status, verdict = FoundForm(), 200, None
    if request.method == "POST":
        limits.check(request, "check-vote")
        form, status = FoundForm(request.POST), 400
        if form.is_valid():
            verdict, status = judge(poll, form.cleaned_data["kept"]), 200
            form = FoundForm()
    page = Paginator(heads_of(poll), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "poll": poll,
        "form": form,
        "verdict": verdict,
        "page": page,
        "heads": _shown(page),
        "files": list(export_files(poll)),
        "forks": ForkDeclaration.objects.filter(poll=poll, done=True).order_by("at"),
        "fingerprint": fingerprint_of(poll),
        "batch": frozen.BATCH,
        "publish": frozen.PUBLISH,
        "words": check_words(),
    }
    return render(request, "votes/check.html", context, status=status)


def _shown(heads) -> list[dict]:
    return [
        {
            "size": head.size,
            "root": head.root,
            "at": timezone.datetime.fromisoformat(head.time),
            "line": head_line(head).decode(),
        }
        for head in heads
    ]


@require_safe
@cache_control(max_age=60, public=True)
def feed(request, pk, slug):
    """The newest heads as Atom: whoever reads it keeps copies that nobody can take back."""
    poll = opened_poll(pk)
    address = f"{settings.SITE_URL}{poll.get_absolute_url()}"
    atom = Atom1Feed(
        title=_("Cabezas firmadas: %(title)s") % {"title": poll.title},
        link=f"{address}comprobar/",
        description=None,
        feed_url=f"{address}cabezas.atom",
        language="es",
        feed_guid=f"urn:uuid:{poll.key}",
    )
    for head in heads_of(poll)[:IN_FEED]:
        at = timezone.datetime.fromisoformat(head.time)
        atom.add_item(
            title=_("%(n)s hojas") % {"n": head.size},
            link=f"{address}comprobar/",
            description=head_line(head).decode(),
            unique_id=f"urn:uuid:{head.pk}",
            pubdate=at.astimezone(UTC),
            updateddate=at.astimezone(UTC),
            author_name=settings.SITE_NAME,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
def sheet(request, pk, slug):
    """One sheet for the wall of an office: the newest heads, and the fingerprint of the key."""
    poll = opened_poll(pk)
    context = {
        "poll": poll,
        "heads": _shown(heads_of(poll)[:12]),
        "fingerprint": fingerprint_of(poll),
        "address": f"{settings.SITE_URL}{poll.get_absolute_url()}comprobar/",
        "now": timezone.now(),
    }
    return render(request, "votes/sheet.html", context)


@require_safe
def export(request, pk, slug, name):
    """One of the public files, streamed. docs/export-format.md fixes their bytes."""
    files = export_files(opened_poll(pk))
    if name not in files:
        raise Http404
    # Under ASGI Django would gather what is streamed anyway, and warn at each request.
    streams = isinstance(request, WSGIRequest)
    kind = {"content_type": TYPES[Path(name).suffix]}
    response = StreamingHttpResponse(files[name], **kind) if streams else HttpResponse(b"".join(files[name]), **kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@cache_control(max_age=3600, public=True)
def verifier(request):
    """The program that checks an export: one file, to be read before it is run."""
    response = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verificar.py"'
    return response
