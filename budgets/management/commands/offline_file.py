"""Prints the page with which an assembly decides without internet: `offline_file 2027 170150 > asamblea.html`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from budgets.models import Decision
from budgets.offline_file import offline_html


class Command(BaseCommand):
    help = "Prints one HTML file with which an assembly decides without internet."

    def add_arguments(self, parser):
        parser.add_argument("year", type=int)
        parser.add_argument("parish_code")

    def handle(self, *args, year, parish_code, **options):
        found = Decision.objects.filter(year__year=year, parish__code=parish_code, status=Decision.Status.FIXED)
        decision = found.select_related("year", "parish", "session__assembly__parish__zone").first()
        if decision is None:
            raise CommandError(_("Esa parroquia no tiene en ese año una decisión con reglas fijadas y por votar."))
        self.stdout.write(offline_html(decision))
