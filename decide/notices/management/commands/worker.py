import signal
import threading

from django.core.management.base import BaseCommand

from decide.notices.worker import run_forever


class Command(BaseCommand):
    help = "Sends what is due within about a second, until SIGTERM. Any number may run, beside tick."

    def handle(self, *args, **options):
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        self.stdout.write("worker: ready")
        self.stdout.flush()
        self.stdout.write(f"worker: {run_forever(stop)} sent")
