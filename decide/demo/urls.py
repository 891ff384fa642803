from django.urls import path

from decide.demo import views

app_name = "demo"
urlpatterns = [
    path("correo/", views.inbox, name="mailbox"),
    path("correo/<slug:name>/", views.mail, name="mail"),
]
