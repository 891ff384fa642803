from django.urls import include, path

from budgets.views import money, public

app_name = "budgets"
inside: list = [
    path("", public.index, name="index"),
    path("escritorio/", money.desk, name="desk"),
    path("escritorio/<int:number>/", money.desk_year, name="desk_year"),
    path("escritorio/<int:number>/publicar/", money.publish, name="publish"),
    path("escritorio/<int:number>/avanzar/", money.advance, name="advance"),
    path("escritorio/<int:number>/fechas/", money.dates, name="dates"),
    path("escritorio/<int:number>/reglas/", money.rules_of_year, name="rules"),
    path("escritorio/<int:number>/indicadores/", money.indicators, name="indicators"),
    path("escritorio/<int:number>/zona/<slug:slug>/", money.zone, name="desk_zone"),
    path("escritorio/<int:number>/zona/<slug:slug>/asignar/", money.allocate, name="allocate"),
    path("<int:number>/", public.year, name="year"),
    path("<int:number>/cambios/", public.changes, name="changes"),
    path("<int:number>/zona/<slug:slug>/", public.zone, name="zone"),
    path("<int:number>/datos/<slug:table>.csv", public.download, {"form": "csv"}, name="csv"),
    path("<int:number>/datos/<slug:table>.xlsx", public.download, {"form": "xlsx"}, name="xlsx"),
    path("<int:number>/<slug:slug>/", public.parish, name="parish"),
]

# Some of our pages stand under addresses of other rooms: the desk. The roof includes us at "".
urlpatterns = [
    path("presupuestos/", include(inside)),
]
