from django.urls import include, path

from votes.views import authoring, checking, following, fork, reading, urn, voting

app_name = "votes"
inside = [
    path("", reading.index, name="list"),
    path("verificar.py", checking.verifier, name="verifier"),
    path("gestion/", authoring.desk, name="desk"),
    path("nueva/", authoring.new, name="new"),
    path("<int:pk>/", reading.go, name="go"),
    path("<int:pk>/editar/", authoring.edit, name="edit"),
    path("<int:pk>/datos/", authoring.facts, name="facts"),
    path("<int:pk>/preguntas/nueva/", authoring.question, name="new_question"),
    path("<int:pk>/preguntas/<int:question>/", authoring.question, name="question"),
    path("<int:pk>/preguntas/<int:question>/opciones/nueva/", authoring.option, name="new_option"),
    path("<int:pk>/preguntas/<int:question>/opciones/<int:option>/", authoring.option, name="option"),
    path("<int:pk>/documentos/", authoring.document, name="document"),
    path("<int:pk>/ordenar/", authoring.arrange, name="arrange"),
    path("<int:pk>/vista-previa/", authoring.preview, name="preview"),
    path("<int:pk>/vista-previa/papeleta/", authoring.preview_ballot, name="preview_ballot"),
    path("<int:pk>/enviar/", authoring.submit, name="submit"),
    path("<int:pk>/aprobar/", authoring.approve, name="approve"),
    path("<int:pk>/devolver/", authoring.send_back, name="send_back"),
    path("<int:pk>/anular/", authoring.annul, name="annul"),
    path("<int:pk>/bifurcacion/", fork.fork, name="fork"),
    path("<int:pk>/borrar/", authoring.delete, name="delete"),
    path("<int:pk>-<slug:slug>/", reading.detail, name="detail"),
    path("<int:pk>-<slug:slug>/votar/", voting.vote, name="vote"),
    path("<int:pk>-<slug:slug>/seguir/", following.follow, {"wanted": True}, name="follow"),
    path("<int:pk>-<slug:slug>/dejar-de-seguir/", following.follow, {"wanted": False}, name="unfollow"),
    path("<int:pk>-<slug:slug>/comprobar/", checking.check, name="check"),
    path("<int:pk>-<slug:slug>/cabezas.atom", checking.feed, name="feed"),
    path("<int:pk>-<slug:slug>/hoja/", checking.sheet, name="sheet"),
    path("<int:pk>-<slug:slug>/exportar/<str:name>", checking.export, name="export"),
]

# The roof includes us at "": the desk and the ballot on an office's device stand under addresses of their own.
urlpatterns = [
    path("votaciones/", include(inside)),
    path("mi/votaciones/", reading.own, name="own"),
    path("mostrador/persona/<int:pk>/votar/", urn.start, name="desk_start"),
    path("urna/", urn.urn, name="urn"),
    path("urna/devolver/", urn.take_back, name="urn_back"),
]
