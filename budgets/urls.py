from django.urls import include, path

app_name = "budgets"
inside: list = []

# Some of our pages stand under addresses of other rooms: the desk. The roof includes us at "".
urlpatterns = [
    path("presupuestos/", include(inside)),
]
