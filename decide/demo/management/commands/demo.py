"""`make demo`: the demo city, on this machine only, in one process that keeps its data."""

import ipaddress
import os
import shutil
import threading
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from decide.accounts.models import User
from decide.assemblies.services import ensure_assemblies
from decide.demo import city, people, scale, statics
from decide.demo.translations import compile_translations
from decide.notices import worker
from decide.territory.services import load_territory
from decide.tick.services import run_forever

TICK_SECONDS = 60


class Command(BaseCommand):
    help = "Loads the demo city at the first start and serves it on loopback. Needs DEMO=1."

    def add_arguments(self, parser):
        parser.add_argument("--no-server", action="store_true", help="load only")
        parser.add_argument("--reset", action="store_true", help="forget everything and begin again")
        parser.add_argument("--scale", choices=["city"], help="the large data set, for measuring")
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *, verbosity, **options):
        self.loud = verbosity > 0
        if not settings.DEMO:
            raise CommandError("The demo city exists only with DEMO=1. Use: make demo")
        if not options["no_server"]:
            refuse_the_world(options["host"])
        compile_translations()
        if options["reset"]:
            self.reset()
        call_command("migrate", verbosity=0)
        self.load(options["scale"])
        if options["no_server"]:
            return
        if statics.collect():
            self.say("Archivos estáticos preparados.")
        connections.close_all()
        if "SITE_URL" not in os.environ:
            settings.SITE_URL = f"http://{options['host']}:{options['port']}"  # the mails lead to this server
        self.tell(options["host"], options["port"])
        serve(options["host"], options["port"])

    def say(self, text: str) -> None:
        if self.loud:
            self.stdout.write(text)
            self.stdout.flush()

    def reset(self) -> None:
        """Forget the data, the uploads and the mails."""
        if connection.vendor == "sqlite":
            connections.close_all()
            name = str(settings.DATABASES["default"]["NAME"])
            for ending in ("", "-wal", "-shm"):
                if os.path.exists(name + ending):
                    os.remove(name + ending)
        else:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
        shutil.rmtree(settings.VAR_DIR / "demo-mail", ignore_errors=True)
        shutil.rmtree(settings.HEADS_DIR, ignore_errors=True)  # of polls that are no more
        self.say("Se borró la ciudad anterior.")

    def load(self, size: str | None) -> None:
        start = time.perf_counter()
        load_territory()
        ensure_assemblies()
        if not User.objects.filter(email=people.address("admin")).exists():
            shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)  # nothing refers to it
            city.load_city()
            self.say(f"Ciudad de demostración creada en {time.perf_counter() - start:.1f} s.")
        if size and not scale.is_loaded():
            scale.load_scale()
            self.say(f"Ciudad grande creada en {time.perf_counter() - start:.1f} s.")

    def tell(self, host: str, port: int) -> None:
        number = people.rows("register.csv")[0]
        d = people.DOMAIN
        self.say(
            f"""
Decide Quito, ciudad de demostración. Todo lo que se ve es inventado.

  Abra            http://{host}:{port}/
  Correos         http://{host}:{port}/demo/correo/

  Clave de todas las cuentas: {people.PASSWORD}
    residente1@{d} … residente20@{d}   residentes con verificación (1, 2 y 3 viven en La Argelia)
    sinverificar@{d}                          puede verificarse con la cédula {number["cedula"]},
                                                      fecha de nacimiento {number["birth_date"]}
    participacion@   asigna lo que la ciudad debe responder        dependencia@   responde (EPMMOP)
    mostrador@       atiende en ventanilla                         zonal@, zonal2@   Eloy Alfaro, Quitumbe
    presidenta@, delegada@, comite@, secretaria@, facilitadora@    en La Argelia
    tecnica@, social@, juridica@, voluntariado@, moderacion@, moderacion2@
    admin@           la gestión: http://{host}:{port}/gestion/

  «Caminos seguros a la escuela en La Argelia» está a dos apoyos de su umbral: entre como residente2 y residente3.
  La asamblea de La Argelia sesiona hoy: secretaria@ la instala y delegada@ vota con el teléfono (/asambleas/).
  Para empezar de nuevo: make demo ARGS=--reset. Para terminar: Ctrl+C.
"""
        )


def refuse_the_world(host: str) -> None:
    """Whoever can reach the demo can read its passwords: only this machine may, unless the secrets are one's own."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    peppers = settings.RESIDENCE_PEPPERS.values()
    own = settings.SECRET_KEY != settings.DEFAULT_SECRET and settings.DEFAULT_SECRET.encode() not in peppers
    if not loopback and not own:
        raise CommandError(
            f"HOST={host} would show the demo to other machines with secrets that everybody knows. "
            "Set SECRET_KEY and RESIDENCE_PEPPERS of your own (and ALLOWED_HOSTS), or leave HOST at 127.0.0.1."
        )


def serve(host: str, port: int) -> None:
    """Pages, sockets, static files and uploads in one ASGI process, with the tick and a worker in threads beside it."""
    import uvicorn

    from decide.live.server import OPTIONS

    stop = threading.Event()
    beside = [
        threading.Thread(target=run_forever, args=(TICK_SECONDS, stop), name="tick", daemon=True),
        threading.Thread(target=worker.run_forever, args=(stop,), name="worker", daemon=True),
    ]
    for thread in beside:
        thread.start()
    try:
        uvicorn.run("decide.asgi:application", host=host, port=port, log_level="warning", access_log=False, **OPTIONS)
    finally:
        stop.set()
        for thread in beside:
            thread.join(timeout=10)
