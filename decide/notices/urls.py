from django.urls import path

from decide.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("leidos/", views.mark_read, name="mark_read"),
    path("sigo/", views.following, name="following"),
    path("sigo/dejar/", views.unfollow, name="unfollow"),
    path("preferencias/", views.preferences, name="preferences"),
    path("baja/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
