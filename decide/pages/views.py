"""The pages that gather what several sections show."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from decide.territory.models import Parish


def home(request):
    return render(request, "pages/home.html")


def parishes(request):
    return render(request, "pages/home.html")


def parish(request, slug):
    return render(request, "pages/parish.html", {"parish": get_object_or_404(Parish, slug=slug)})


@login_required
def mine(request):
    return render(request, "pages/home.html")


def help_page(request):
    return render(request, "pages/home.html")


def privacy(request):
    return render(request, "pages/home.html")


def terms(request):
    return render(request, "pages/home.html")


def accessibility(request):
    return render(request, "pages/home.html")


def robots(request):
    return HttpResponse("User-agent: *\nDisallow: /gestion/\nDisallow: /mi/\nDisallow: /cuentas/\n", "text/plain")
