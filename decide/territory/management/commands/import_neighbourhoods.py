from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from decide.territory.geojson import FileRefused
from decide.territory.services import import_neighbourhoods


class Command(BaseCommand):
    help = "Imports neighbourhoods and communes from a CSV: parish_code,name,kind. All or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="", help="Where the list comes from; shown beside it.")

    def handle(self, *, file: Path, source: str, **options):
        try:
            added, already = import_neighbourhoods(data=file.read_bytes(), source=source)
        except OSError as error:
            raise CommandError(f"No se puede leer {file}: {error.strerror}") from error
        except FileRefused as refusal:
            raise CommandError("No se importó nada.\n" + "\n".join(refusal.problems)) from refusal
        self.stdout.write(f"{added} barrios y comunas añadidos; {already} ya estaban.")
