from django.urls import path

from proposals.views import authoring, desk, reading, supporting

app_name = "proposals"
urlpatterns = [
    path("", reading.index, name="list"),
    path("nueva/", authoring.new, name="new"),
    path("nueva/idea/", authoring.idea, name="idea"),
    path("nueva/obra/", authoring.elsewhere, {"what": "work"}, name="work"),
    path("nueva/reclamo/", authoring.elsewhere, {"what": "complaint"}, name="complaint"),
    path("similares/", reading.similar, name="similar"),
    path("ventanilla/", desk.desk, name="desk"),
    path("intenciones/", supporting.intentions, name="intentions"),
    path("<int:pk>/", reading.go, name="go"),
    path("<int:pk>/editar/", authoring.edit, name="edit"),
    path("<int:pk>/fotos/", authoring.photos, name="photos"),
    path("<int:pk>/publicar/", authoring.publish, name="publish"),
    path("<int:pk>/retirar/", authoring.withdraw, name="withdraw"),
    path("<int:pk>/apoyar/", supporting.support, name="support"),
    path("<int:pk>/quitar-apoyo/", supporting.unsupport, name="unsupport"),
    path("<int:pk>-<slug:slug>/", reading.detail, name="detail"),
    path("<int:pk>-<slug:slug>/versiones/", reading.versions, name="versions"),
    path("<int:pk>-<slug:slug>/cartel/", reading.poster, name="poster"),
]
