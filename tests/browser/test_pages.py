"""Every page as a screen reader meets it (axe, WCAG 2.2 AA), as nobody, resident and officer; empty, full, with errors;
at 320 px without scrolling sideways; in light and in dark.

The pages come from the table of addresses and from the links and forms of the pages themselves (see barriers.py), so
that a new one is looked at without anybody remembering it.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as site
from django.core import mail
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.utils import timezone

from budgets.decision_rules import page_of
from budgets.models import Decision
from decide.accounts import services as people
from decide.accounts.models import Appointment, User
from decide.answers.models import Answer, Milestone
from decide.assemblies.models import Assembly, Session
from decide.comments.models import Comment
from decide.demo.city import load_city
from decide.territory.models import Agency, Parish
from decide.territory.services import load_territory
from proposals.models import Proposal
from tests.accounts.conftest import BORN, CEDULA
from tests.answers.tools import REASON
from tests.browser.barriers import Glasses, Visitor, choose
from tests.factories import PASSWORD, make_appointment, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ROOMS = ("", "account/", "accounts/", "answers/", "assemblies/", "budgets/", "comments/", "mfa/**/", "pages/")
ROOMS += ("proposals/",)
# What no visitor of this walk is shown: allauth's pages for settings that are not ours, and what needs more of a story
# (a comment of the last minutes, a number in a text, a key in a browser).
ELSEWHERE = {
    *(f"account/{name}.html" for name in ("password_reset_done", "password_set", "signup_closed")),
    *(f"account/{name}.html" for name in ("verification_sent", "verified_email_required")),
    *(f"comments/{name}.html" for name in ("edit", "hidden", "versions")),
    *(f"mfa/{name}.html" for name in ("authenticate", "reauthenticate")),
    *("mfa/webauthn/edit_form.html", "mfa/webauthn/reauthenticate.html", "proposals/publish.html"),
    # Of an assembly that decides: tests/budgets/decision/test_barriers.py looks at them, and test_year.py at the file.
    *(f"assemblies/{name}.html" for name in ("_item_votes", "_minutes_files", "_seats", "_sessions", "check_in")),
    *(f"assemblies/{name}.html" for name in ("leave", "minutes", "vote")),
    *(f"budgets/{name}.html" for name in ("agreement", "decision_file", "decision_poll", "decision_prepare")),
    *(f"budgets/{name}.html" for name in ("offline", "opinion_versions", "reconsider")),
    # What asks once more, as others of its kind do.
    *(f"budgets/{name}.html" for name in ("delete_draft", "file", "opinion_step")),
}


@pytest.fixture
def glasses(browser):
    worn = Glasses(browser)
    yield worn
    worn.context.close()


@pytest.fixture
def rendered():
    """The names of the templates of which pages were made."""
    names = set()

    def note(sender, template, **kwargs):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def make_officer(agency=None):
    """Who holds every office at once."""
    officer = make_user(verified=True)
    for office in Appointment.Office.values:
        make_appointment(officer, office, **({"agency": agency} if agency and office == "agency" else {}))
    return officer


def all_walks():
    """The pages of an empty city, then those of the demo city."""
    load_territory()
    for who, user in [("nobody", None), ("resident", make_user()), ("officer", make_officer())]:
        yield from ((f"empty, {who}: {where}", html) for where, html in Visitor(user).glance())
    load_city(timezone.now())
    one_of_each = [
        row.get_absolute_url()
        for rows, states in [
            (Proposal.objects.public(), "status"),
            (Answer.objects.all(), "outcome"),
            (Session.objects.public(), "status"),
            (Assembly.objects.public(), "level"),
        ]
        for row in {getattr(row, states): row for row in rows}.values()
    ]
    one_of_each += [page_of(made) for made in {d.status: d for d in Decision.objects.select_related("year")}.values()]
    resident = User.objects.get(email="residente1@demo.quito")
    agency = Milestone.objects.select_related("answer__agency").first().answer.agency
    answered = set()
    yield from walk("nobody", None, one_of_each, answered)
    yield from walk("resident", resident, [*one_of_each, *own_pages(resident)], answered)
    officer = make_officer(agency)
    milestones = [f"/respuestas/hitos/{step.pk}/" for step in Milestone.objects.filter(answer__agency=agency)[:3]]
    yield from walk("officer", officer, [*one_of_each, *milestones], answered)
    yield from steps(officer)


def own_pages(user) -> list[str]:
    """Of the things that this person wrote."""
    proposals = [f"/propuestas/{p.pk}/{act}/" for p in user.proposals.all()[:4] for act in ("editar", "retirar")]
    comment = Comment.objects.filter(author=user, deleted_at=None).first()
    return proposals + ([f"/comentarios/{comment.pk}/{act}/" for act in ("editar", "borrar")] if comment else [])


def walk(who, user, more, answered):
    return [(f"{who}: {where}", html) for where, html in Visitor(user).walk(more, answered)]


def steps(officer):
    """The pages that have no address of their own, or only for whoever did something before."""
    yield from sign_up()
    yield from enter_by_code("sinverificar@demo.quito")
    yield from at_the_desk(officer)
    yield from an_office_on_paper(officer)
    yield from second_factor(make_user())
    answer = Answer.objects.filter(answered_at=None, passed_at=None).exclude(agency=None).first()
    clerk = Visitor(make_appointment(office="agency", agency=answer.agency).holder)
    passed = {"agency": Agency.objects.filter(municipal=True).exclude(pk=answer.agency_id).first().pk, "reason": REASON}
    yield "passing on, once more", clerk.html(f"/respuestas/{answer.pk}/pasar/", passed)
    for name in ("400", "403", "403_csrf", "404", "429", "500", "503", "refused"):
        yield name, render_to_string(f"{name}.html", {"reason": "Una razón."}, RequestFactory().get("/"))


def sign_up():
    newcomer = Visitor()
    typed = {"display_name": "Rosa", "email": "rosa@example.org", "password1": "guagua-pichincha-9", "terms": "on"}
    newcomer.client.post("/cuentas/signup/", typed)
    yield "code of a sign-up", newcomer.html("/cuentas/confirm-email/")
    yield "wrong code of a sign-up", newcomer.html("/cuentas/confirm-email/", {"code": "000000"})


def enter_by_code(email):
    for start, end in [("/cuentas/login/code/", "/cuentas/login/code/confirm/")]:
        somebody = Visitor()
        somebody.client.post(start, {"email": email})
        yield end, somebody.html(end)
        yield f"{end}, wrong", somebody.html(end, {"code": "000000"})
    somebody = Visitor()
    mail.outbox.clear()
    somebody.client.post("/cuentas/password/reset/", {"email": email})
    yield "code of a new password", somebody.html("/cuentas/password/reset/confirm/")
    code = re.search(r"\b\d{6}\b", mail.outbox[0].body)[0]
    somebody.client.post("/cuentas/password/reset/confirm/", {"code": code})
    yield "new password", somebody.html("/cuentas/password/reset/complete/")
    yield "no new password", somebody.html("/cuentas/password/reset/complete/", {"password1": ""})


def at_the_desk(officer):
    desk, parish = Visitor(officer), Parish.objects.first()
    seen = {"kind": "cedula", "number": CEDULA, "birth_date": BORN.isoformat(), "parish": parish.pk, "seen": "on"}
    person = desk.client.post("/mostrador/verificar/", seen).url
    yield "person at the desk", desk.html(person)
    yield "person at the desk who moves nowhere", desk.html(person, {"action": "move"})
    yield "person at the desk without a document", desk.html(person, {"action": "add"})
    proposal = Proposal.objects.filter(status="open").first()
    desk.client.post(f"/mostrador/propuestas/{proposal.pk}/", {"kind": "cedula", "number": CEDULA, "seen": "on"})
    receipt = desk.html("/mostrador/recibo/")
    yield "receipt", receipt
    code = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){2}", receipt)[0]
    yield "what a code tells", Visitor().html("/seguimiento/", {"code": code})
    yield "a wrong code", Visitor().html("/seguimiento/", {"code": "AAAA-AAAA-AAAA"})


def an_office_on_paper(officer):
    desk, claimant = Visitor(officer), make_user()
    office = people.appoint(officer=officer, office="delegate", holder_name="Rosa Quishpe")
    page = desk.html(f"/mostrador/cargos/{office.pk}/credencial/", {})
    yield "credential", page
    yield "another credential", desk.html(f"/mostrador/cargos/{office.pk}/credencial/", {})
    people.claim_appointment(user=claimant, code=re.search(r"<code>([\w-]{14})</code>", page)[1])
    yield "a claim that waits", Visitor(claimant).html("/mi/credencial/")
    yield "claims at the desk", desk.html("/mostrador/")
    claim = {"answer": "reject", "claimant": str(claimant.public_id)}
    yield "a claim rejected, once more", desk.html(f"/mostrador/credencial/{office.pk}/", claim)


def second_factor(user):
    """The pages of somebody who has an application of codes and a passkey; and how they enter."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Mi llave", "credential": {}})
    key = Authenticator.objects.get(type="webauthn", user=user)
    for where in ("", "recovery-codes/", "totp/deactivate/", "webauthn/", f"webauthn/keys/{key.pk}/remove/"):
        yield f"second factor {where}", Visitor(user).html(f"/cuentas/2fa/{where}")
    entering = Visitor()
    entering.client.post("/cuentas/login/", {"login": user.email, "password": PASSWORD})
    yield "second factor asked", entering.html("/cuentas/2fa/authenticate/")
    yield "second factor wrong", entering.html("/cuentas/2fa/authenticate/", {"code": "1"})


def test_no_page_has_a_barrier(glasses, rendered, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    met = list(all_walks())

    assert [f"{where}: {barrier}" for where, html in choose(met) for barrier in glasses.barriers(html)] == []
    # The walk went everywhere, and most forms came back with errors.
    folder = site.BASE_DIR / "templates"
    ours = {str(path.relative_to(folder)) for room in ROOMS for path in folder.glob(f"{room}*.html")}
    assert ours - rendered <= ELSEWHERE
    assert len({where for where, html in met if 'id="problema"' in html}) >= 50


def test_planted_barriers_are_found(glasses):
    page = Visitor().html("/ayuda/")
    assert glasses.barriers(page) == []
    planted = {
        "image-alt": page.replace("<h1>", "<img src='/x.png'><h1>"),
        "px too wide": page.replace("<h1>", "<div style='width: 500px'>a</div><h1>"),
        "in the dark: color-contrast": page.replace("<h1>", "<p style='color: #555'>Casi no se lee.</p><h1>"),
    }
    for name, html in planted.items():
        assert any(name in barrier for barrier in glasses.barriers(html)), name
