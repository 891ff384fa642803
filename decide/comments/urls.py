from django.urls import path

from decide.comments import views

app_name = "comments"
urlpatterns = [
    path("hilo/<int:pk>/", views.add, name="add"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/responder/", views.reply, name="reply"),
    path("<int:pk>/valorar/", views.rate, name="rate"),
    path("<int:pk>/editar/", views.edit, name="edit"),
    path("<int:pk>/borrar/", views.delete, name="delete"),
    path("<int:pk>/versiones/", views.versions, name="versions"),
]
