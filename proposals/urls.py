from django.urls import include, path

from proposals.views import authoring, desk, following, linking, reading, supporting, voting

app_name = "proposals"
inside = [
    path("", reading.index, name="list"),
    path("nueva/", authoring.new, name="new"),
    path("nueva/idea/", authoring.idea, name="idea"),
    path("nueva/obra/", authoring.elsewhere, {"what": "work"}, name="work"),
    path("nueva/reclamo/", authoring.elsewhere, {"what": "complaint"}, name="complaint"),
    path("similares/", reading.similar, name="similar"),
    path("<int:pk>/", reading.go, name="go"),
    path("<int:pk>/editar/", authoring.edit, name="edit"),
    path("<int:pk>/fotos/", authoring.photos, name="photos"),
    path("<int:pk>/fotos/<int:number>/", reading.photo, name="photo"),
    path("<int:pk>/fotos/<int:number>/chica/", reading.photo, {"small": True}, name="photo_small"),
    path("<int:pk>/documentos/<int:number>/", reading.document, name="document"),
    path("<int:pk>/publicar/", authoring.publish, name="publish"),
    path("<int:pk>/votacion/", voting.make_poll, name="make_poll"),
    path("<int:pk>/retirar/", authoring.withdraw, name="withdraw"),
    path("<int:pk>/repetida/", linking.link, name="link"),
    path("<int:pk>/repetida/quitar/", linking.unlink, name="unlink"),
    path("<int:pk>-<slug:slug>/apoyar/", supporting.support, name="support"),
    path("<int:pk>-<slug:slug>/retirar-apoyo/", supporting.unsupport, name="unsupport"),
    path("<int:pk>-<slug:slug>/seguir/", following.follow, {"wanted": True}, name="follow_steps"),
    path("<int:pk>-<slug:slug>/dejar-de-seguir/", following.follow, {"wanted": False}, name="unfollow_steps"),
    path("<int:pk>-<slug:slug>/", reading.detail, name="detail"),
    path("<int:pk>-<slug:slug>/versiones/", reading.versions, name="versions"),
    path("<int:pk>-<slug:slug>/cartel/", reading.poster, name="poster"),
]

# Some of our pages stand under addresses of other rooms: what is one's own, and the desk. The roof includes us at "".
urlpatterns = [
    path("propuestas/", include(inside)),
    path("mi/apoyos/", supporting.own, name="supports"),
    path("mi/apoyos-pendientes/", supporting.intentions, name="intentions"),
    path("mostrador/propuestas/", desk.desk, name="desk"),
    path("mostrador/propuestas/nueva/", desk.propose, name="desk_propose"),
    path("mostrador/propuestas/<int:pk>/", desk.support, name="desk_support"),
    path("mostrador/recibo/", desk.receipt, name="receipt"),
    path("seguimiento/", desk.follow, name="follow"),
]
