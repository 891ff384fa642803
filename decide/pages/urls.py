from django.urls import path

from decide.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("parroquias/<slug:slug>/", views.parish, name="parish"),
]
