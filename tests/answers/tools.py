"""What the tests of this room share: a clock in Quito, officers, a text long enough."""

from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from decide.answers import services
from decide.errors import Refused
from tests.factories import make_agency, make_appointment, make_parish

QUITO = ZoneInfo("America/Guayaquil")
LONG = (
    "Sí: pondremos cuatro luminarias en la calle S37 antes de marzo. Lo decidimos porque hubo tres accidentes este "
    "año. El siguiente paso es la compra de los postes."
)
REASON = "El alumbrado público le corresponde a otra dependencia."


def at(text: str) -> datetime:
    """`2026-11-02 09:00` on the clock of Quito."""
    return datetime.fromisoformat(text).replace(tzinfo=QUITO)


class Clock:
    """Time stands where the test puts it."""

    def __init__(self, monkeypatch, text: str):
        self.now = at(text)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def move(self, text: str) -> datetime:
        self.now = at(text)
        return self.now


def make_office(**fields):
    """An officer of the participation office."""
    return make_appointment(office="participation", **fields).holder


def make_officer(agency, **fields):
    """An officer of an agency."""
    return make_appointment(office="agency", agency=agency, **fields).holder


def owe(subject="Luz para la calle S37", **fields):
    return services.owe_answer(
        kind="proposal", subject=subject, path="/propuestas/1-luz/", parish=fields.pop("parish", None) or make_parish()
    )


def owe_assigned(agency=None, office=None):
    """An answer that an agency owes since now."""
    return services.assign_answer(answer=owe(), officer=office or make_office(), agency=agency or make_agency())


def picture(name="foto.jpg", size=(60, 40)):
    """A photo as a telephone sends it."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def status_of(act, *args, **kwargs) -> int:
    """200, or the status with which a service refuses."""
    try:
        act(*args, **kwargs)
    except Refused as refusal:
        return refusal.status
    return 200
