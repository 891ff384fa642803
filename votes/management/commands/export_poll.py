"""`manage.py export_poll POLL DIR`: the public export of a poll, ready for verificar.py."""

from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from decide.errors import Refused
from votes import frozen, keys
from votes.models import Poll
from votes.services import write_export


class Command(BaseCommand):
    help = "Writes the public export of a poll (docs/export-format.md)."

    def add_arguments(self, parser):
        parser.add_argument("poll", help="number or key of the poll")
        parser.add_argument("folder", type=Path)

    def handle(self, *, poll, folder, **options):
        found = self._find(poll)
        try:
            for path in write_export(found, folder):
                self.stdout.write(f"{path} ({path.stat().st_size} bytes)")
        except Refused as refusal:
            raise CommandError(str(refusal.reason)) from None
        except OSError as error:
            raise CommandError(f"cannot write: {error}") from None
        self.stdout.write(f"fingerprint of the signing key: {keys.fingerprint(frozen.rules_of(found).public_key)}")

    def _find(self, name: str) -> Poll:
        try:
            by = {"pk": int(name)} if name.isdecimal() else {"key": UUID(name)}
        except ValueError:
            raise CommandError(f"not a number nor a key: {name}") from None
        poll = Poll.objects.public().filter(**by).first()
        if poll is None:
            raise CommandError(f"no such poll: {name}")
        return poll
