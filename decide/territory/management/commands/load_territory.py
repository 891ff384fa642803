from django.core.management.base import BaseCommand

from decide.territory.services import load_territory


class Command(BaseCommand):
    help = "Loads the zones, the 65 parishes and the agencies. Safe to run again: adds what is missing."

    def handle(self, **options):
        added = load_territory()
        self.stdout.write("{zones} zones, {parishes} parishes, {agencies} agencies added.".format(**added))
