from django.urls import path

from decide.pages import results, views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("parroquias/", views.parishes, name="parishes"),
    path("parroquias/<slug:slug>/", views.parish, name="parish"),
    path("parroquias/<slug:slug>/seguir/", views.follow_parish, {"wanted": True}, name="follow_parish"),
    path("parroquias/<slug:slug>/dejar-de-seguir/", views.follow_parish, {"wanted": False}, name="unfollow_parish"),
    path("resultados/", results.page, name="results"),
    path("mi/", views.mine, name="mine"),
    path("ayuda/", views.help_page, name="help"),
    path("privacidad/", views.privacy, name="privacy"),
    path("terminos/", views.terms, name="terms"),
    path("accesibilidad/", views.accessibility, name="accessibility"),
    path("robots.txt", views.robots, name="robots"),
]
