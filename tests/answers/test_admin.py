"""The administration: to look at what is owed and sent, in Spanish; nobody writes an answer there."""

import pytest
from django.urls import reverse

from decide.notices.models import Notice
from tests.answers.tools import make_officer, owe_assigned
from tests.factories import make_agency, make_answer, make_milestone, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_admin_shows_answers_milestones_and_their_history(admin):
    agency = make_agency()
    make_officer(agency)
    answer = owe_assigned(agency)
    step = make_milestone(make_answer(agency=agency, outcome="accepted"))
    for name, pk in [("answers_answer", answer.pk), ("answers_milestone", step.pk)]:
        for page, args in [("changelist", []), ("change", [pk]), ("history", [pk])]:
            assert admin.get(reverse(f"admin:{name}_{page}", args=args)).status_code == 200
        for page, args in [("add", []), ("delete", [pk])]:
            assert admin.get(reverse(f"admin:{name}_{page}", args=args)).status_code == 403
        assert admin.post(reverse(f"admin:{name}_change", args=[pk]), {"subject": "Otra"}).status_code == 403


def test_admin_shows_the_outbox_without_addresses_and_tries_again(admin):
    agency = make_agency()
    officer = make_officer(agency)
    owe_assigned(agency)
    Notice.objects.update(mail=Notice.Mail.FAILED, tries=8)
    changelist = reverse("admin:notices_notice_changelist")
    pages = [changelist, reverse("admin:notices_notice_change", args=[Notice.objects.first().pk])]
    for page in pages:
        html = admin.get(page).content.decode()
        assert officer.email not in html
    data = {"action": "try_again", "_selected_action": list(Notice.objects.values_list("pk", flat=True))}
    assert admin.post(changelist, data).status_code == 302
    assert set(Notice.objects.values_list("mail", "tries")) == {("waiting", 0)}
