"""The roof: every address begins here."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from decide.media import media

handler400 = "decide.errors.bad_request"
urlpatterns = [
    path("", include("decide.pages.urls")),
    path("", include("proposals.urls")),
    path("", include("votes.urls")),
    path("asambleas/", include("decide.assemblies.urls")),
    path("", include("budgets.urls")),
    path("comentarios/", include("decide.comments.urls")),
    path("live/", include("decide.live.urls")),
    path("salud/", include("decide.tick.urls")),
    path("respuestas/", include("decide.answers.urls")),
    path("mi/avisos/", include("decide.notices.urls")),
    path("", include("decide.moderation.urls")),
    path("", include("decide.accounts.urls")),
    path("cuentas/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("media/<path:path>", media),
    path("gestion/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("decide.demo.urls")))
