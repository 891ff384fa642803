"""The desk: a request or a support of a person who is present. Receipt and code as for proposals."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from budgets import periods, services
from budgets import request_rules as rules
from budgets.models import Request
from budgets.request_forms import DeskRequestForm
from decide import limits
from decide.errors import Refused
from decide.text import clean_line
from proposals import search
from proposals.desk_forms import PresentForm
from proposals.views.desk import FOUND_AT_MOST, at_a_desk, attempt, keep_receipt


@at_a_desk
@require_safe
def desk(request):
    """Find the request that the person wants to support, by its number or its title; or file a new one."""
    try:
        query = clean_line(request.GET.get("q", ""))[: search.MAX_QUERY]
    except ValidationError:
        query = ""
    found = Request.objects.public().filter(status__in=rules.TAKES_SUPPORTS, box__open=True)
    found = found.select_related("parish", "box")
    if query.isdecimal() and len(query) < 16:
        found = found.filter(pk=int(query))
    elif query:
        found = search.matching(found, query).order_by("-rank", "-filed_at", "-pk")
    else:
        found = found.newest()
    found = found.defer("body", "search_text")[:FOUND_AT_MOST]
    return render(request, "budgets/request_desk.html", {"query": query, "requests": found})


@never_cache
@at_a_desk
@require_http_methods(["GET", "POST"])
def file(request):
    form, status = DeskRequestForm(), 200
    if request.method == "POST":
        limits.check(request, "desk")
        form = DeskRequestForm(request.POST)
        status = attempt(form, lambda residence: _file(request, residence, form), request.user)
        if status == 303:
            return redirect("proposals:receipt")
    context = {"form": form, "open_year": periods.open_year()}
    return render(request, "budgets/desk_file.html", context, status=status)


def _file(request, residence, form) -> None:
    asked, code = services.file_at_desk(officer=request.user, residence=residence, **form.values)
    keep_receipt(request, "budget_request", asked.pk, code)


@never_cache
@at_a_desk
@require_http_methods(["GET", "POST"])
def support(request, pk):
    """A support of the person who is present, or its withdrawal, by their document."""
    asked = get_object_or_404(Request.objects.public().select_related("parish", "box"), pk=pk)
    form, status = PresentForm(), 200
    if request.method == "POST":
        limits.check(request, "desk")
        form = PresentForm(request.POST)
        act = _withdraw if request.POST.get("action") == "withdraw" else _support
        status = attempt(form, lambda residence: act(request, residence, asked), request.user)
        if status == 303:
            return redirect("proposals:receipt") if act is _support else redirect("budgets:desk_support", pk)
    return render(request, "budgets/desk_support.html", {"form": form, "asked": asked}, status=status)


def _support(request, residence, asked) -> None:
    asked, code = services.support_at_desk(officer=request.user, residence=residence, request=asked)
    if code is None:
        raise Refused(_("Esta persona ya apoya esta solicitud: su apoyo se cuenta una sola vez."), status=409)
    keep_receipt(request, "budget_request", asked.pk, code, support=True)


def _withdraw(request, residence, asked) -> None:
    _asked, removed = services.withdraw_support(request=asked, residence=residence)
    if not removed:
        raise Refused(_("Esta persona no apoya esta solicitud: no hay nada que retirar."), status=409)
    messages.success(request, _("El apoyo quedó retirado."))
