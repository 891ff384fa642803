from django.urls import path

from decide.assemblies.views import desk, reading, registering, seats

app_name = "assemblies"
urlpatterns = [
    path("", reading.index, name="list"),
    path("registrar/", registering.register, name="register"),
    path("registrar/en-papel/", registering.register_on_paper, name="register_on_paper"),
    path("escritorio/", desk.desk, name="desk"),
    path("credenciales/<int:pk>/", desk.credential, name="credential"),
    path("puestos/<int:pk>/cambio/", seats.leave, name="leave"),
    path("<int:pk>/", reading.go, name="go"),
    path("<int:pk>/corregir/", registering.correct, name="correct"),
    path("<int:pk>/decidir/", desk.decide, name="decide"),
    path("<int:pk>/objetar/", registering.objection, name="object"),
    path("<int:pk>/elegir/", seats.elect, name="elect"),
    path("<int:pk>/asistencia/<int:number>/", reading.file, name="attendance"),
    path("<int:pk>/constitucion/<int:number>/", reading.minutes, name="founding_minutes"),
    path("<int:pk>-<slug:slug>/", reading.detail, name="detail"),
]
