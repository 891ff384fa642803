"""For a worker in a process of its own: the database of the test, and a mail server that is a file."""

import os

from django.core.mail.backends.base import BaseEmailBackend

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ.get("WORKER_DATABASE", "")
EMAIL_BACKEND = f"{__name__}.File"


class File(BaseEmailBackend):
    """Accepts a mail by adding one line: its Message-ID and who it is for.

    With WORKER_DIES_AFTER=n the process is killed at the worst moment: the n-th mail accepted, and not yet noted.
    """

    accepted = 0

    def send_messages(self, messages):
        for message in messages:
            line = f"{message.extra_headers['Message-ID']} {message.to[0]}\n"
            file = os.open(os.environ["WORKER_MAILS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, line.encode())
            os.close(file)
            File.accepted += 1
            if File.accepted == int(os.environ.get("WORKER_DIES_AFTER", 0)):
                os.kill(os.getpid(), 9)
        return len(messages)
