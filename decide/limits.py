"""How often something may be done: by account first, by address only above what one hall's Wi-Fi needs.

300 people may share the address of an assembly hall or of a mobile carrier: a limit by address stands far above
what they need together, a limit by account is what stops one person.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from decide.errors import Refused


@dataclass(frozen=True)
class Limit:
    """At most `account` times for one account, and `address` times for one address, in `seconds`."""

    account: int
    address: int
    seconds: int


LIMITS = {
    "proposal": Limit(account=10, address=600, seconds=3600),
    "request": Limit(account=10, address=600, seconds=3600),
    "proposal-edit": Limit(account=120, address=6000, seconds=3600),
    "upload": Limit(account=60, address=3000, seconds=3600),
    "support": Limit(account=300, address=6000, seconds=3600),
    "assembly": Limit(account=10, address=600, seconds=3600),
    # One person keeps the door of a hall of hundreds.
    "session": Limit(account=3000, address=12000, seconds=3600),
    "objection": Limit(account=10, address=600, seconds=3600),
    "comment": Limit(account=60, address=3000, seconds=3600),
    "rating": Limit(account=300, address=6000, seconds=3600),
    "verify": Limit(account=20, address=3000, seconds=3600),
    "claim": Limit(account=5, address=300, seconds=3600),
    "desk": Limit(account=600, address=6000, seconds=3600),
    "office": Limit(account=600, address=6000, seconds=3600),
    "notices": Limit(account=300, address=6000, seconds=3600),
    "kept": Limit(account=60, address=1200, seconds=3600),
    "report": Limit(account=60, address=3000, seconds=3600),
    "appeal": Limit(account=20, address=600, seconds=3600),
    "moderation": Limit(account=600, address=6000, seconds=3600),
    "own-data": Limit(account=20, address=600, seconds=3600),
    "follow-code": Limit(account=30, address=300, seconds=3600),
    "vote": Limit(account=240, address=12000, seconds=3600),
    "check-vote": Limit(account=120, address=3000, seconds=3600),
    "take-back": Limit(account=600, address=600, seconds=3600),
    "recount": Limit(account=60, address=300, seconds=3600),
    "similar": Limit(account=1200, address=60000, seconds=3600),
}


def client_address(request: HttpRequest) -> str:
    """The address that our own proxy saw (TRUSTED_PROXY_COUNT of them), never one that a client claims."""
    hops = settings.TRUSTED_PROXY_COUNT
    if hops:
        forwarded = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",") if a.strip()]
        if len(forwarded) >= hops:
            return forwarded[-hops]
    return request.META.get("REMOTE_ADDR", "")


def check(request: HttpRequest, name: str) -> None:
    """Count one more `name` for this person and address, or raise Refused (429) above its limit."""
    limit = LIMITS[name]
    counts = [(f"limit:{name}:a:{client_address(request)}", limit.address)]
    if request.user.is_authenticated:
        counts.append((f"limit:{name}:u:{request.user.pk}", limit.account))
    for key, most in counts:
        cache.add(key, 0, limit.seconds)
        try:
            count = cache.incr(key)
        except ValueError:  # it expired in between, or the cache is out of reach
            continue
        if count > most:
            raise Refused(
                _("Ha hecho esto muchas veces en poco tiempo. Espere un momento y vuelva a intentarlo."), status=429
            )
