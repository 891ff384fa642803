from django.urls import include, path

from budgets.views import money, public, request_authoring, request_desk, requests

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
    path("solicitudes/", requests.index, name="list"),
    path("solicitudes/nueva/", request_authoring.new, name="new"),
    path("solicitudes/similares/", requests.similar, name="similar"),
    path("solicitudes/desde-propuesta/<int:pk>/", request_authoring.from_proposal, name="from_proposal"),
    path("solicitudes/<int:pk>/", requests.go, name="go"),
    path("solicitudes/<int:pk>/editar/", request_authoring.edit, name="edit"),
    path("solicitudes/<int:pk>/presentar/", request_authoring.file, name="file"),
    path("solicitudes/<int:pk>/retirar/", request_authoring.withdraw, name="withdraw"),
    path("solicitudes/<int:pk>/fotos/", request_authoring.photos, name="photos"),
    path("solicitudes/<int:pk>/fotos/<int:number>/", requests.photo, name="photo"),
    path("solicitudes/<int:pk>/fotos/<int:number>/chica/", requests.photo, {"small": True}, name="photo_small"),
    path("solicitudes/<int:pk>-<slug:slug>/apoyar/", requests.support, name="support"),
    path("solicitudes/<int:pk>-<slug:slug>/retirar-apoyo/", requests.unsupport, name="unsupport"),
    path("solicitudes/<int:pk>-<slug:slug>/seguir/", requests.follow, {"wanted": True}, name="follow_steps"),
    path("solicitudes/<int:pk>-<slug:slug>/dejar-de-seguir/", requests.follow, {"wanted": False}, name="unfollow_steps"),
    path("solicitudes/<int:pk>-<slug:slug>/versiones/", requests.versions, name="versions"),
    path("solicitudes/<int:pk>-<slug:slug>/", requests.detail, name="request"),
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
    path("mostrador/solicitudes/", request_desk.desk, name="request_desk"),
    path("mostrador/solicitudes/nueva/", request_desk.file, name="desk_file"),
    path("mostrador/solicitudes/<int:pk>/", request_desk.support, name="desk_support"),
]
