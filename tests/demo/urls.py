"""The roof as it is with DEMO=1."""

from django.urls import include, path

from decide.urls import urlpatterns as roof

urlpatterns = [*roof, path("demo/", include("decide.demo.urls"))]
