from django.core.management.base import BaseCommand, CommandError

from decide.accounts.register import RegisterError, import_register


class Command(BaseCommand):
    help = "Import the residents' register (CSV: cedula,birth_date,parish_code); keeps keyed hashes, never the number."

    def add_arguments(self, parser):
        parser.add_argument("file", help="UTF-8, with or without byte order mark; dates as 2001-12-31")

    def handle(self, *args, file, **options):
        try:
            with open(file, encoding="utf-8-sig", newline="") as lines:
                report = import_register(lines)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError("The file is not UTF-8. Save it as CSV UTF-8.") from None
        except RegisterError as refused:
            for line, reason in refused.report.errors:
                self.stderr.write(f"line {line}: {reason}")
            raise CommandError(f"{refused.report.wrong} wrong lines. Nothing was imported.") from None
        self.stdout.write(f"{report.added} added, {report.changed} changed, {report.same} as before.")
