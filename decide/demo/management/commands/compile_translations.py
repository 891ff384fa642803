"""Compiles the catalogues; `make demo` and the tests do it by themselves, a deployment calls it."""

from django.core.management.base import BaseCommand

from decide.demo.translations import compile_translations


class Command(BaseCommand):
    help = "Writes django.mo beside each django.po that is newer."
    requires_system_checks = ()

    def handle(self, **options):
        for path in compile_translations():
            self.stdout.write(str(path))
