"""The pages that gather what several sections show."""

from django.shortcuts import get_object_or_404, render

from decide.territory.models import Parish


def home(request):
    return render(request, "pages/home.html")


def parish(request, slug):
    return render(request, "pages/parish.html", {"parish": get_object_or_404(Parish, slug=slug)})
