"""What every page shows around its content."""

from django.conf import settings


def site(request):
    return {"SITE_NAME": settings.SITE_NAME, "DEMO": settings.DEMO}
