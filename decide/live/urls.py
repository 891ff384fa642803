from django.urls import path

from decide.live import views

app_name = "live"
urlpatterns = [path("", views.topics, name="topics")]
