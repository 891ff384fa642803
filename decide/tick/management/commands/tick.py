from django.core.management.base import BaseCommand, CommandError

from decide.tick import services


class Command(BaseCommand):
    help = "Everything that is due. Safe to run twice and at once; run it each minute by cron or a timer."

    def handle(self, *args, **options):
        outcome = services.run()
        if not outcome.ran:
            self.stdout.write("another run is at work")
            return
        for name, count in outcome.done.items():
            self.stdout.write(f"{name}: {count}")
        if outcome.failed:
            raise CommandError("failed: " + ", ".join(outcome.failed))
