"""The demo's mails land in files that `/demo/correo/` shows."""

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class Backend(EmailBackend):
    def __init__(self, *args, **kwargs):
        kwargs["file_path"] = str(settings.VAR_DIR / "demo-mail")
        super().__init__(*args, **kwargs)
