from django.urls import path

from decide.moderation.views import desk, own, public

app_name = "moderation"
urlpatterns = [
    path("moderacion/", public.index, name="index"),
    path("moderacion/reglas/", public.rules_page, name="rules"),
    path("moderacion/registro/", public.log, name="log"),
    path("moderacion/reportar/<slug:kind>/<int:pk>/", public.report, name="report"),
    path("moderacion/reportar/<slug:kind>/<int:pk>/abrir/", public.open_case, name="open_case"),
    path("moderacion/casos/<int:pk>/", desk.case, name="case"),
    path("moderacion/casos/<int:pk>/decidir/", desk.decide, name="decide"),
    path("moderacion/casos/<int:pk>/archivo/", desk.file, name="file"),
    path("moderacion/personas/<uuid:public_id>/", desk.person, name="person"),
    path("moderacion/cierres/<int:pk>/", desk.closing, name="closing"),
    path("moderacion/apelaciones/<int:pk>/", desk.appeal, name="appeal"),
    path("moderacion/decisiones/<int:pk>/", own.decision, name="decision"),
    path("moderacion/apelar/<str:token>/", own.appeal_by_link, name="appeal_by_link"),
    path("mi/moderacion/", own.mine, name="mine"),
]
