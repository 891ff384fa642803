"""Counts an election in Pabulib's format; prints JSON."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from budgets.counting.election import CountingError
from budgets.counting.pabulib import PabulibError, read
from budgets.counting.rules import RULES, count


class Command(BaseCommand):
    help = "Counts an election in Pabulib's .pb format and prints JSON: winners, cost, budget, tied."
    requires_system_checks = []  # needs neither the database nor the other sections

    def add_arguments(self, parser):
        parser.add_argument("file", help="the .pb file")
        parser.add_argument("--rule", required=True, choices=RULES)

    def handle(self, *args, file, rule, **options):
        try:
            election = read(file)
            outcome = count(election.election(), rule)
        except OSError as error:
            raise CommandError(
                _("No se puede leer %(file)s: %(why)s") % {"file": file, "why": error.strerror}
            ) from None
        except PabulibError as error:
            where = f"{file}:{error.line}" if error.line else file
            raise CommandError(f"{where}: {error.reason}") from None
        except CountingError as error:
            raise CommandError(f"{file}: {error}") from None
        for warning in election.warnings:
            self.stderr.write(f"{file}: {warning}")
        self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
