"""Where uploads are kept: what everybody may see under `/media/`, everything else out of every web server's reach.

A file has one name, wherever it stands. `put_away` takes it from MEDIA_ROOT to `VAR_DIR/reservado`, `bring_back` back:
so what is hidden, pending or still a draft is missing at once, also where nginx serves `/media/` by itself and no
database is asked. Who may see it nevertheless (its author, moderators) gets it from a page that asks who they are;
opening and deleting find it in either place.
"""

import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage


class Uploads(FileSystemStorage):
    def put_away(self, name: str) -> None:
        """Out of reach. Doing it twice changes nothing."""
        self._move(self.path(name), self._reserved(name))

    def bring_back(self, name: str) -> None:
        """For everybody again. Doing it twice changes nothing."""
        self._move(self._reserved(name), self.path(name))

    def delete(self, name):
        super().delete(name)
        if name:
            self._reserved(name).unlink(missing_ok=True)

    def _open(self, name, mode="rb"):
        try:
            return super()._open(name, mode)
        except FileNotFoundError:
            return File(open(self._reserved(name), mode))  # closed by whoever opened it

    def _reserved(self, name: str) -> Path:
        """`path` refuses what leads out of the folder."""
        return Path(settings.VAR_DIR, "reservado", os.path.relpath(self.path(name), self.location))

    @staticmethod
    def _move(start, end) -> None:
        end = Path(end)
        end.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # it is there already
            os.replace(start, end)


def place(each) -> None:
    """The files of one row (`files`: names, `moderated_file()`) where everybody reads them if it `is_public`, or out of
    reach. Call it after the commit; twice changes nothing."""
    storage = each.moderated_file().storage
    move = storage.bring_back if each.is_public else storage.put_away
    for name in each.files:
        move(name)
