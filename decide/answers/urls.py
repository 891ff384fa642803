from django.urls import path, re_path

from decide.answers import views

app_name = "answers"
urlpatterns = [
    path("", views.index, name="list"),
    path("escritorio/", views.desk, name="desk"),
    path("hitos/<int:pk>/", views.milestone, name="milestone"),
    path("hitos/<int:pk>/fotos/", views.photo, name="photo"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/versiones/", views.versions, name="versions"),
    re_path(rf"^(?P<pk>[0-9]{{1,18}})/(?P<name>{'|'.join(views.ACTIONS)})/$", views.act, name="act"),
]
