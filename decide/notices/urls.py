from django.urls import path

from decide.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("leidos/", views.mark_read, name="mark_read"),
]
