from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from decide.territory.geojson import MAX_BYTES, FileRefused
from decide.territory.services import import_boundaries


class Command(BaseCommand):
    help = "Imports official parish polygons (GeoJSON, WGS 84), matched by INEC code. All or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            with file.open("rb") as source:
                report = import_boundaries(data=source.read(MAX_BYTES + 1))
        except OSError as error:
            raise CommandError(f"No se puede leer {file}: {error.strerror}") from error
        except FileRefused as refusal:
            raise CommandError("No se importó nada.\n" + "\n".join(refusal.problems)) from refusal
        self.stdout.write(f"{len(report.matched)} parroquias con límite.")
        if report.unmatched:
            self.stdout.write(
                f"{len(report.unmatched)} códigos que no son de Quito: {', '.join(report.unmatched[:20])}"
            )
        for parish in report.missing:
            self.stdout.write(f"Sin límite en el archivo: {parish}")
