"""How often each group comes by mail, and one click to stop it without signing in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from decide.errors import Refused
from decide.notices import groups, services, unsubscribing
from decide.notices.models import Notice, Preference
from tests.factories import make_appointment, make_user

ADDRESS = "/mi/avisos/preferencias/"
DEFAULTS = {group.value: about.default for group, about in groups.GROUPS.items()}


def tell(person, n=1, group="reply"):
    services.tell(
        kind="prueba", key=f"prueba:{n}", subject=f"Aviso {n}", body="Texto.", group=group, recipients=[person]
    )


# --- when a digest goes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "after", "expected"),
    [  # Quito is five hours behind UTC, the whole year
        ("daily", datetime(2026, 11, 23, 11, 59, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("daily", datetime(2026, 11, 23, 12, 0, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("daily", datetime(2026, 11, 24, 4, 59, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 23, 11, 59, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 23, 12, 0, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)),
        ("weekly", datetime(2026, 11, 29, 23, 0, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)),
    ],
)
def test_next_digest_is_a_morning_in_quito(frequency, after, expected):
    assert groups.next_digest(frequency, after) == expected


# --- what a choice does -----------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("frequency", "stored"), [("now", "waiting"), ("daily", "digest"), ("weekly", "digest"), ("never", "dropped")]
)
def test_choice_decides_how_a_notice_goes_and_the_inbox_has_it_anyway(client, frequency, stored):
    ana = make_user()
    services.set_preferences(user=ana, frequencies={"reply": frequency})
    tell(ana)
    tell(ana, 2, group="account")
    assert list(Notice.objects.order_by("key").values_list("mail", flat=True)) == [stored, "waiting"]
    client.force_login(ana)
    assert client.get("/mi/avisos/").content.decode().count("Aviso ") >= 2


@pytest.mark.parametrize(("frequency", "stored"), [("now", "waiting"), ("weekly", "digest"), ("never", "dropped")])
def test_change_of_mind_reaches_what_waits_and_not_what_was_sent(frequency, stored):
    ana = make_user()
    services.set_preferences(user=ana, frequencies={"reply": "now"})
    tell(ana, 1)
    services.send_due(timezone.now())
    services.set_preferences(user=ana, frequencies={"reply": "daily"})
    tell(ana, 2)
    tell(ana, 3, group="own")
    services.set_preferences(user=ana, frequencies={"reply": frequency, "own": "now"})
    assert list(Notice.objects.order_by("key").values_list("mail", flat=True)) == ["sent", stored, "waiting"]


def test_defaults_hold_until_a_person_chooses_and_only_for_that_group():
    ana = make_user()
    assert services.preferences_of(ana) == DEFAULTS
    services.set_preferences(user=ana, frequencies={"parish": "never"})
    assert services.preferences_of(ana) == {**DEFAULTS, "parish": "never"}
    assert Preference.objects.count() == 1


@pytest.mark.parametrize("frequencies", [{"account": "never"}, {"reply": "hourly"}, {"nada": "now"}])
def test_what_cannot_be_chosen_is_refused(frequencies):
    with pytest.raises(Refused):
        services.set_preferences(user=make_user(), frequencies=frequencies)


# --- the page -----------------------------------------------------------------------------------------------------


def test_page_shows_and_keeps_the_choices_of_this_person(client):
    ana, luis = make_user(), make_user()
    client.force_login(ana)
    chosen = {"reply": "weekly", "own": "daily", "supported": "never", "following": "now", "parish": "daily"}
    assert client.post(ADDRESS, chosen).status_code == 302
    assert services.preferences_of(ana) == {**chosen, "office": "now"}
    assert services.preferences_of(luis) == DEFAULTS
    assert client.get(ADDRESS).content.decode().count("selected") == len(chosen)


def test_page_offers_reminders_only_to_who_holds_an_office(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    for person, shown in ((make_user(), False), (make_appointment().holder, True)):
        client.force_login(person)
        assert ("Recordatorios de mi cargo" in client.get(ADDRESS).content.decode()) is shown


@pytest.mark.parametrize("wrong", [{}, {"reply": "hourly"}, {"reply": "<script>"}])
def test_page_with_nonsense_is_a_400_in_words_and_changes_nothing(client, wrong):
    ana = make_user()
    client.force_login(ana)
    response = client.post(ADDRESS, {**DEFAULTS, **wrong} if wrong else {})
    assert response.status_code == 400
    assert "<script>" not in response.content.decode().partition("<main")[2].partition("</main")[0]
    assert not Preference.objects.exists()


# --- one click ----------------------------------------------------------------------------------------------------


def sent_to(person, group="reply") -> str:
    """The address that the last mail offers for stopping."""
    tell(person, group=group)
    services.send_due(timezone.now())
    message = mail.outbox[-1]
    header = message.extra_headers["List-Unsubscribe"]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert header.strip("<>") in message.body
    return header.strip("<>")


def path_of(address, settings):
    assert address.startswith(settings.SITE_URL)
    return address.removeprefix(settings.SITE_URL)


def test_one_click_stops_that_group_without_signing_in(settings):
    ana, luis = make_user(), make_user()
    path = path_of(sent_to(ana), settings)
    strict = Client(enforce_csrf_checks=True)
    for _twice in range(2):  # a scanner of mails looks first
        page = strict.get(path)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
    assert services.preferences_of(ana) == DEFAULTS
    for _twice in range(2):
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert services.preferences_of(ana) == {**DEFAULTS, "reply": "never"}
    assert services.preferences_of(luis) == DEFAULTS
    tell(ana, 2)
    assert services.send_due(timezone.now() + timedelta(days=8)) == 0


def test_mails_about_the_account_offer_no_way_to_stop():
    tell(make_user(), group="account")
    services.send_due(timezone.now())
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert "/baja/" not in mail.outbox[0].body


FORGED = [lambda t: t[:-1], lambda t: "x" + t, lambda t: t.replace("reply", "own"), lambda t: ":"]


@pytest.mark.parametrize("change", FORGED)
def test_forged_address_is_a_404_for_everybody(client, change, settings):
    ana = make_user()
    token = unsubscribing.address(ana, ["reply"]).split("/")[-2]
    for method in (client.get, client.post):
        assert method(f"/mi/avisos/baja/{change(token)}/").status_code == 404
    assert services.preferences_of(ana) == DEFAULTS


def test_address_of_an_account_that_is_gone_is_a_404(client, settings):
    ana = make_user()
    path = path_of(unsubscribing.address(ana, ["reply"]), settings)
    ana.delete()
    assert client.get(path).status_code == 404


def test_address_says_nothing_of_the_person_and_never_stops_what_is_needed(client, settings):
    ana = make_user("ana@example.org", "Ana Ruiz")
    path = path_of(unsubscribing.address(ana, ["reply", "account"]), settings)
    page = client.get(path).content.decode()
    assert "Ana" not in page + path
    assert "ana@" not in page + path
    assert unsubscribing.address(ana, ["account"]) == ""
