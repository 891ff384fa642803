from django.urls import path

from decide.tick import health

urlpatterns = [path("", health.health, name="health")]
