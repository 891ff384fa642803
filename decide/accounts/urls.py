from django.urls import path

from decide.accounts.views import desk, offices, own_data, people

app_name = "accounts"
urlpatterns = [
    path("mi/residencia/", people.residence, name="residence"),
    path("mi/perfil/", people.profile, name="profile"),
    path("mi/credencial/", people.claim, name="claim"),
    path("mi/datos/", own_data.data, name="data"),
    path("mi/datos/descargar/", own_data.download, name="download"),
    path("mi/datos/novedades/", own_data.consent, name="consent"),
    path("mi/datos/borrar/", own_data.erase, name="erase"),
    path("mostrador/", desk.desk, name="desk"),
    path("mostrador/verificar/", desk.verify, name="desk_verify"),
    path("mostrador/buscar/", desk.find, name="desk_find"),
    path("mostrador/persona/<int:pk>/", desk.person, name="desk_person"),
    path("mostrador/credencial/<int:pk>/", desk.check_claim, name="check_claim"),
    path("mostrador/cargos/", offices.offices, name="offices"),
    path("mostrador/cargos/nuevo/", offices.new_office, name="new_office"),
    path("mostrador/cargos/<int:pk>/terminar/", offices.end_office, name="end_office"),
    path("mostrador/cargos/<int:pk>/credencial/", offices.credential, name="credential"),
]
