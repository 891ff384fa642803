from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from budgets.indicators import MAX_BYTES
from budgets.models import BudgetYear
from budgets.services.money import import_indicators
from decide.territory.geojson import FileRefused


class Command(BaseCommand):
    help = (
        "Imports what the formula reads of each parish, from a CSV: "
        "parish_code,population,unmet_needs,density,infrastructure. All or nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("year", type=int, help="The year in which the money is spent; it must be open.")
        parser.add_argument("file", type=Path)
        parser.add_argument("--invented", action="store_true", help="Invented for a demonstration; pages say so.")

    def handle(self, *, year: int, file: Path, invented: bool, **options):
        row = BudgetYear.objects.filter(year=year).first()
        if row is None:
            raise CommandError(f"El año {year} no está abierto.")
        try:
            with file.open("rb") as source:
                counted = import_indicators(year=row, data=source.read(MAX_BYTES + 1), invented=invented)
        except OSError as error:
            raise CommandError(f"No se puede leer {file}: {error.strerror}") from error
        except FileRefused as refusal:
            raise CommandError("No se importó nada.\n" + "\n".join(refusal.problems)) from refusal
        self.stdout.write("{added} añadidas, {changed} cambiadas, {same} como estaban.".format(**counted))
