"""The demo's mails land in files that `/demo/correo/` shows: one file per mail, named by the moment it was sent."""

import re
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

_NAME = re.compile(r"\d{20}-[0-9a-f]{32}")
SHOWN = 200
KEPT = 1_000


@dataclass(frozen=True)
class Mail:
    """One mail that the platform sent, as whoever received it reads it."""

    name: str
    at: datetime
    to: str
    subject: str
    body: str = ""


def folder() -> Path:
    return Path(settings.VAR_DIR) / "demo-mail"


class Backend(BaseEmailBackend):
    """Writes each mail whole, under a name of its own: many processes may send at once, and no reader sees half."""

    def send_messages(self, messages):
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        for message in messages:
            name = f"{time.time_ns():020}-{uuid.uuid4().hex}"
            half = place / f"{name}.half"
            half.write_bytes(message.message().as_bytes())
            half.rename(place / f"{name}.eml")
        for old in sorted(place.glob("*.eml"), reverse=True)[KEPT:]:
            old.unlink(missing_ok=True)
        return len(messages)


def newest() -> list[Mail]:
    """The last SHOWN mails, newest first, without their texts."""
    paths = sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]
    return [mail for path in paths if (mail := read(path.stem))]


def read(name: str) -> Mail | None:
    """One mail with its text, or None: only names that the backend gives are looked for."""
    if not _NAME.fullmatch(name):
        return None
    try:
        data = (folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(data, policy=policy.default)
    part = message.get_body(preferencelist=("plain", "html"))
    return Mail(
        name=name,
        at=datetime.fromtimestamp(int(name[:20]) / 1e9, tz=timezone.get_current_timezone()),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        body=part.get_content() if part else "",
    )
