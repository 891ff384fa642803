"""The people of the demo city: accounts that one can use, neighbours who only write, residents who only support.

All invented. Residents hold documents of the country ZZ, which does not exist, so that nobody's real number can ever
meet theirs; the register holds five numbers that are valid only arithmetically.
"""

import csv
import random
import tomllib
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from decide.accounts import keys
from decide.accounts.models import Appointment, Body, Consent, DocumentKey, Residence, User
from decide.accounts.register import import_register
from decide.territory.models import Agency, Parish, Zone

DATA = Path(__file__).parent / "data"
DOMAIN = "demo.quito"
PASSWORD = "quito-decide-demo"  # of every demo account; they exist only with DEMO=1
NOBODY = "!not-to-be-used"  # the password hash of those who cannot sign in
NEIGHBOURS = 60
AGE = 1400  # days since everybody came: before the oldest year of the budgets
FOUNDED = AGE - 100  # days since the neighbourhood assemblies of the past were registered
# Days since offices were taken up; all others, soon after their accounts.
TAKEN_UP = {"president": FOUNDED, "delegate": 380, "committee": 380, "facilitator": 380}
# Administrations of zones that nobody needs to sign in for.
ZONAL = {
    "eugenio-espejo": "Lorena B.",
    "la-delicia": "Fausto M.",
    "calderon": "Silvia T.",
    "manuela-saenz": "Hugo E.",
    "tumbaco": "Ruth C.",
    "los-chillos": "Tomás V.",
}


def rows(name: str) -> list[dict]:
    """The lines of one of the demo's CSV files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(name: str) -> list[str]:
    """A list of words.toml."""
    return tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))[name].split()


def address(account: str) -> str:
    return f"{account}@{DOMAIN}"


def load_accounts(now: datetime) -> dict[str, User]:
    """Every account by its name before the @, with confirmed addresses, residences and offices."""
    parishes = {p.code: p for p in Parish.objects.all()}
    people = rows("people.csv")
    # One hash for all: each costs half a second, and nothing here is secret.
    password = make_password(PASSWORD)
    users = [_user(r["account"], r["name"], password, now, parishes.get(r["parish"])) for r in people]
    users.append(_user("sinverificar", "Olga R.", password, now, parishes["170116"]))
    users.append(_user("admin", "Administración", password, now, None, is_staff=True, is_superuser=True))
    rng, names = random.Random(1), words("names")
    users += [
        _user(f"vecino{i}", f"{rng.choice(names)} {rng.choice('ABCDFGJLMNPQRSTVZ')}.", NOBODY, now, None)
        for i in range(1, NEIGHBOURS + 1)
    ]
    users += [_user(f"zonal-{slug}", name, NOBODY, now, None) for slug, name in ZONAL.items()]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users)
    Consent.objects.bulk_create(
        Consent(user=u, purpose=Consent.Purpose.TERMS, version=settings.TERMS_VERSION, given_at=u.date_joined)
        for u in users
    )
    by_name = {u.email.partition("@")[0]: u for u in users}
    people += [{"account": f"zonal-{slug}", "parish": "", "office": "zonal", "place": f"zone:{slug}"} for slug in ZONAL]
    _appoint(by_name, people, parishes, now)
    residents = [by_name[r["account"]] for r in people if r["parish"]]
    for user, residence in zip(residents, load_residences([u.home_parish for u in residents], now), strict=True):
        user.residence = residence
    User.objects.bulk_update(residents, ["residence"])
    _load_register()
    return _with_zones(by_name)


def stored_accounts() -> dict[str, User]:
    """The same names, once everybody is stored."""
    by_name = {u.email.partition("@")[0]: u for u in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    return _with_zones(by_name)


def _with_zones(by_name: dict[str, User]) -> dict[str, User]:
    """The administration of each zone has one kind of name, `zonal-<zone>`."""
    return by_name | {"zonal-eloy-alfaro": by_name["zonal"], "zonal-quitumbe": by_name["zonal2"]}


def _user(account, name, password, now, parish, **fields) -> User:
    mail = address(account)
    return User(
        email=mail,
        display_name=name,
        password=password,
        public_id=uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{mail}"),
        home_parish=parish,
        date_joined=now - timedelta(days=AGE),
        **fields,
    )


def load_residences(parishes: list[Parish], now: datetime, first: int = 0) -> list[Residence]:
    """One invented verified person for each parish given, in order. `first` tells one call's people from another's."""
    verified = now - timedelta(days=AGE - 20)
    desk = User.objects.filter(email=address("mostrador")).first()
    residences = Residence.objects.bulk_create(
        [
            Residence(
                parish=parish,
                level=Residence.Level.DESK,
                participates_from=timezone.localdate(verified),
                verified_at=verified,
                verified_by=desk,
            )
            for parish in parishes
        ],
        batch_size=2000,
    )
    DocumentKey.objects.bulk_create(
        [
            DocumentKey(residence=residence, kind=DocumentKey.Kind.PASSPORT, country="ZZ", key=key)
            for n, residence in enumerate(residences, first)
            for key in keys.document_keys(DocumentKey.Kind.PASSPORT, "ZZ", f"DEMO{n:07}")
        ],
        batch_size=2000,
    )
    return residences


def _appoint(accounts, people, parishes, now) -> None:
    appointments = []
    for r in people:
        if not r["office"]:
            continue
        kind, _colon, name = r["place"].partition(":")
        place = {}
        if kind == "zone":
            place["zone"] = Zone.objects.get(slug=name)
        elif kind == "agency":
            place["agency"] = Agency.objects.get(slug=name)
        elif kind == "parish":
            place["parish"] = parishes[name]
        elif kind in Body.Kind.values:
            parish = parishes[r["parish"]]
            place["body"], _new = Body.objects.get_or_create(kind=kind, name=name, parish=parish)
        appointments.append(
            Appointment(
                office=r["office"],
                holder=accounts[r["account"]],
                starts=timezone.localdate(now - timedelta(days=TAKEN_UP.get(r["office"], AGE - 10))),
                appointed_by=accounts["admin"],
                **place,
            )
        )
    for appointment in appointments:
        appointment.save()


def _load_register() -> None:
    """The residents' register of five, so that a newcomer can be verified."""
    with (DATA / "register.csv").open(encoding="utf-8", newline="") as lines:
        import_register(lines)
