"""Counting somebody's file for them: in a process of its own, which ends when its time is over. Nothing is stored."""

import json
import subprocess
import sys
import threading

from django.conf import settings
from django.utils.translation import gettext as _

from decide.errors import Refused

MAX_BYTES = 5_000_000
SECONDS = 20
AT_ONCE = threading.BoundedSemaphore(2)


def recount(content: bytes, rule: str) -> dict:
    """What `python -m budgets.counting` says of it. Raises Refused: 400 (cannot be counted, too long), 429 (others are
    being counted now)."""
    if not AT_ONCE.acquire(timeout=5):
        raise Refused(_("Hay otros recuentos en marcha. Espere un momento y vuelva a intentarlo."), status=429)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "budgets.counting", rule],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8"},
            check=True,
        )
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Refused(
            _("Ese archivo tarda demasiado aquí. Cuéntelo en su equipo con manage.py count_pabulib."), status=400
        ) from None
    except (subprocess.CalledProcessError, ValueError):
        raise Refused(_("Ese archivo no se puede contar."), status=400) from None
    finally:
        AT_ONCE.release()
    if "reason" in found:
        where = _("línea %(line)s: ") % {"line": found["line"]} if found["line"] else ""
        raise Refused(
            _("Ese archivo no se puede contar. %(where)s%(reason)s") % {"where": where, "reason": found["reason"]},
            status=400,
        )
    return found
