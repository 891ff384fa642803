from django.urls import include, path

from decide.assemblies.views import desk, hall, minutes, reading, registering, seats, sessions

app_name = "assemblies"
# The table's acts, each a POST of its own.
at_the_table = [
    path("", hall.table, name="table"),
    path("instalar/", hall.open_session, name="open_session"),
    path("quorum/", hall.verify_quorum, name="verify_quorum"),
    path("clausurar/", hall.close_session, name="close_session"),
    path("sala/", hall.set_hall, name="set_hall"),
    path("telefonos/abrir/", hall.act_on_phones, {"act": "open"}, name="open_phones"),
    path("telefonos/cerrar/", hall.act_on_phones, {"act": "close"}, name="close_phones"),
    path("puntos/", hall.add_item, name="add_item"),
    path("puntos/<int:item>/abrir/", hall.act_on_item, {"act": "open"}, name="open_item"),
    path("puntos/<int:item>/cerrar/", hall.act_on_item, {"act": "close"}, name="close_item"),
    path("puntos/<int:item>/quitar/", hall.act_on_item, {"act": "remove"}, name="remove_item"),
    path("puntos/<int:item>/manos/", hall.count_hands, name="count_hands"),
    path("puntos/<int:item>/confirmar/", hall.act_on_item, {"act": "confirm"}, name="confirm_hands"),
    path("puntos/<int:item>/corregir/", hall.count_hands, {"correct": True}, name="correct_hands"),
]
at_the_door = [
    path("", hall.door, name="door"),
    path("acreditar/", hall.accredit, name="accredit"),
    path("voz/", hall.add_guest, name="add_guest"),
    path("hoja/", hall.door_sheet, name="door_sheet"),
    path("<int:row>/confirmar/", hall.act_on_attendance, {"act": "confirm"}, name="confirm_presence"),
    path("<int:row>/salio/", hall.act_on_attendance, {"act": "leave"}, name="note_leaving"),
    path("<int:row>/volvio/", hall.act_on_attendance, {"act": "return"}, name="note_return"),
    path("<int:row>/quitar/", hall.act_on_attendance, {"act": "remove"}, name="remove_attendance"),
]
of_the_minutes = [
    path("", minutes.minutes, name="minutes"),
    path("borrador/", minutes.draft, name="minutes_draft"),
    path("observaciones/", minutes.observations, name="minutes_observations"),
    path("cerrar/", minutes.lock, name="minutes_lock"),
    path("devolver/", minutes.give_back, name="minutes_return"),
    path("copia-firmada/", minutes.scan, name="minutes_scan"),
    path("correcciones/", minutes.correct, name="minutes_correct"),
    path("archivo/acta/", minutes.file, {"which": "pdf"}, name="minutes_pdf"),
    path("archivo/copia/", minutes.file, {"which": "scan"}, name="minutes_scan_file"),
]
of_a_session = [
    path("", sessions.session, name="session"),
    path("votos.csv", sessions.download, {"form": "csv"}, name="session_csv"),
    path("votos.xlsx", sessions.download, {"form": "xlsx"}, name="session_xlsx"),
    path("cambiar/", sessions.move, name="move_session"),
    path("cancelar/", sessions.cancel, name="cancel_session"),
    path("mesa/", include(at_the_table)),
    path("asistencia/", include(at_the_door)),
    path("puerta/<str:code>/", hall.check_in, name="check_in"),
    path("votar/", hall.vote, name="vote"),
    path("votar/<int:item>/marcar/", hall.mark, {"wanted": True}, name="mark"),
    path("votar/<int:item>/quitar/", hall.mark, {"wanted": False}, name="unmark"),
    path("pantalla/", hall.screen, name="screen"),
    path("acta/", include(of_the_minutes)),
]
urlpatterns = [
    path("", reading.index, name="list"),
    path("datos.csv", reading.download, {"form": "csv"}, name="list_csv"),
    path("datos.xlsx", reading.download, {"form": "xlsx"}, name="list_xlsx"),
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
    path("<int:pk>/convocar/", sessions.call, name="call"),
    path("sesiones/<int:pk>/", include(of_a_session)),
    path("<int:pk>-<slug:slug>/", reading.detail, name="detail"),
]
