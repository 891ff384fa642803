"""A neighbourhood asks for its assembly, the officer answers, everybody may object, one of the rivals is registered."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from decide.accounts.models import Appointment
from decide.assemblies import rules, services
from decide.assemblies.models import Assembly, FoundingFile, Objection
from decide.assemblies.models.assemblies import place_key
from decide.assemblies.services import Member
from decide.assemblies.steps import story_of
from decide.errors import Refused
from decide.moderation import services as moderation
from decide.moderation.models import ModerationCase
from decide.notices import services as notices
from decide.notices.models import Notice
from decide.territory.models import Neighbourhood
from tests.assemblies.registrations import (
    apply,
    make_zonal,
    objected,
    open_now,
    period_over,
    ready,
    register,
    values,
)
from tests.factories import make_appointment, make_assembly, make_parish, make_user, make_zone

pytestmark = pytest.mark.django_db


def told(user) -> set[str]:
    return set(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def refused(act, **kwargs) -> int:
    with pytest.raises(Refused) as refusal:
        act(**kwargs)
    return refusal.value.status


# --- applying -----------------------------------------------------------------------------------------------


def test_application_waits_for_the_zone_s_officer_with_a_deadline(settings):
    settings.ASSEMBLY_ANSWER_DAYS = 15
    officer, applicant = make_zonal(make_parish()), make_user()

    assembly = apply(applicant)

    assert assembly.status == "applied"
    assert timezone.localdate(assembly.answer_due) == timezone.localdate() + timedelta(days=15)
    assert assembly.parent.name == "Asamblea parroquial de La Argelia"
    assert [(m.office, m.name, m.account) for m in assembly.board.all()] == [
        ("president", "Digna Ortiz", applicant),
        ("secretary", "Luis Toapanta", None),
    ]
    assert told(officer) == {"assembly-applied"}
    assert told(applicant) == {"assembly-received"}
    assert Assembly.objects.public().filter(pk=assembly.pk).count() == 0


def test_papers_of_a_registration_are_out_of_reach_from_the_first_moment():
    file = apply().founding_files.get(kind="minutes")
    assert not default_storage.exists(file.file.name)
    assert file.file.storage.open(file.file.name).read()[:4] == b"RIFF"
    assert len(file.sha256) == 64


def test_same_form_twice_is_one_application():
    applicant, key = make_user(), "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    first, again = apply(applicant, once_key=key), apply(applicant, once_key=key)
    assert first == again
    assert refused(apply, applicant=make_user(), once_key=key) == 409


@pytest.mark.parametrize(
    "changed",
    [
        {"level": "parish"},
        {"founded_on": timezone.localdate() + timedelta(days=1)},
        {"board": [Member("Digna Ortiz", "Presidencia", "president")]},
        {"board": [Member("Digna Ortíz", "P", "president"), Member("digna  ortiz", "S", "secretary")]},
        {"attendance_names": ""},
    ],
    ids=["level", "future", "no secretary", "one person", "no attendance"],
)
def test_incomplete_application_is_refused(changed):
    assert refused(apply, **changed) == 400
    assert Assembly.objects.filter(level="neighbourhood").count() == 0


def test_paper_is_filed_by_a_desk_and_by_nobody_else():
    desk = make_appointment(office="desk").holder
    assembly = services.apply_for_registration(officer=desk, **values())
    assert (assembly.by_desk, assembly.applied_by, assembly.filed_by) == (True, None, desk)
    assert refused(services.apply_for_registration, officer=make_user(), **values()) == 403


def test_suspended_person_applies_for_nothing():
    suspended = make_user(suspended_until=timezone.now() + timedelta(days=7))
    assert refused(apply, applicant=suspended) == 403


# --- answering ----------------------------------------------------------------------------------------------


def test_returned_application_is_corrected_and_waits_again():
    applicant = make_user()
    assembly = apply(applicant)
    officer = make_zonal(assembly.parish)
    services.return_registration(officer=officer, assembly=assembly, reason="Falta la firma de la secretaria.")
    assert "assembly-returned" in told(applicant)

    changed = values(name="Asamblea barrial de San José Alto", minutes=None, attendance_names="")
    corrected = services.correct_registration(by=applicant, assembly=assembly, **changed)

    assert (corrected.status, corrected.name, corrected.body.name) == ("applied", changed["name"], changed["name"])
    assert corrected.founding_files.count() == 2
    assert [s.label for s in story_of(corrected)["steps"]][:3] == [
        "Pidió registrarse",
        "Se devolvió para corregir",
        "Pidió registrarse",
    ]
    assert refused(services.correct_registration, by=applicant, assembly=assembly, **changed) == 409


def test_what_is_decided_follows_the_steps_and_no_other():
    assembly = apply()
    officer = make_zonal(assembly.parish)
    by = {"officer": officer, "assembly": assembly}
    assert refused(services.register_assembly, **by) == 409
    assert refused(services.refuse_registration, **by, reason=" ") == 400
    open_now(assembly, officer)
    assert refused(services.open_to_objections, **by) == 409
    assert refused(services.return_registration, **by, reason="Tarde.") == 409
    assert refused(services.register_assembly, **by) == 409  # the period runs
    assert refused(services.refuse_registration, **by, reason="Antes de tiempo.") == 409
    period_over(assembly)
    services.register_assembly(**by)
    assert refused(services.register_assembly, **by) == 409


def roles(assembly, applicant):
    zone = assembly.parish.zone
    return {
        "nobody's": make_user(),
        "resident": make_user(verified=True),
        "applicant": applicant,
        "zonal": make_appointment(office="zonal", zone=zone).holder,
        "other zone": make_appointment(office="zonal", zone=make_zone("Otra")).holder,
        "participation": make_appointment(office="participation").holder,
        "desk": make_appointment(office="desk").holder,
        "moderator": make_appointment(office="moderator").holder,
        "president": make_appointment(office="president", body=assembly.body).holder,
    }


def test_who_may_do_what_with_a_registration():
    applicant = make_user()
    assembly = apply(applicant)
    asked = roles(assembly, applicant)

    def may(rule):
        return {name for name, user in asked.items() if rule(user)}

    assert may(lambda u: rules.can_decide(u, assembly)) == {"zonal"}
    assert may(lambda u: rules.can_view(u, assembly)) == {"applicant", "zonal"}
    minutes, attendance = (assembly.founding_files.get(kind=kind) for kind in ("minutes", "attendance"))
    assert may(lambda u: rules.can_view_file(u, attendance)) == {"applicant", "zonal"}
    assert may(lambda u: rules.can_view_file(u, minutes)) == {"applicant", "zonal"}
    for name in asked.keys() - {"zonal"}:
        for act in (services.open_to_objections, services.return_registration, services.refuse_registration):
            assert refused(act, officer=asked[name], assembly=assembly, reason="Porque sí.") == 403, (name, act)
    open_now(assembly, asked["zonal"])
    for file in (minutes, attendance):
        file.refresh_from_db()
    assert may(lambda u: rules.can_view_file(u, minutes)) == set(asked)
    assert may(lambda u: rules.can_view_file(u, attendance)) == {"applicant", "zonal"}
    period_over(assembly)
    for name in asked.keys() - {"zonal"}:
        assert refused(services.register_assembly, officer=asked[name], assembly=assembly) == 403, name
    assembly.status = "registered"
    assert may(lambda u: rules.can_elect(u, assembly)) == {"zonal", "participation", "president"}
    assert may(lambda u: rules.knows_namesakes(u, assembly)) == {"zonal", "participation"}


def test_officer_who_applied_does_not_answer_themselves():
    officer = make_zonal(make_parish())
    assembly = apply(officer)
    assert refused(services.open_to_objections, officer=officer, assembly=assembly) == 403


# --- objections ---------------------------------------------------------------------------------------------


def test_objections_are_taken_until_the_period_ends_and_each_is_answered():
    applicant, objector = make_user(), make_user()
    assembly = apply(applicant)
    officer = make_zonal(assembly.parish)
    assert refused(objected, assembly=assembly) == 409
    open_now(assembly, officer)
    assert refused(objected, assembly=assembly, author=applicant) == 403
    objection = objected(assembly, objector)
    assert "assembly-objection" in told(applicant)
    period_over(assembly)
    assert refused(objected, assembly=assembly) == 409

    assert refused(services.register_assembly, officer=officer, assembly=assembly) == 400
    reply = {objection.pk: "La otra casa es de otro barrio."}
    services.register_assembly(officer=officer, assembly=assembly, replies=reply)

    objection.refresh_from_db()
    assert objection.reply == "La otra casa es de otro barrio."
    assert told(objector) == {"assembly-objection-answered"}


def test_hidden_objection_is_absent_and_needs_no_reply():
    assembly = open_now(apply())
    objection = objected(assembly, body="Insultos.")
    moderator = make_appointment(office="moderator").holder
    case = moderation.case_of(thing=objection)
    moderation.decide(case=case, by=moderator, action="hide", reason="insult", reason_text="Insulta.", seen_version=0)
    assert list(Objection.objects.public()) == []
    period_over(assembly)
    services.register_assembly(officer=make_zonal(assembly.parish), assembly=assembly)
    assert ModerationCase.objects.get().state == "hidden"


def test_refused_after_objections_stays_public_with_its_reason_but_not_its_papers():
    applicant, follower = make_user(), make_user()
    notices.follow(user=follower, list=notices.list_of_parish(make_parish()))
    assembly = ready(applicant=applicant)
    services.refuse_registration(officer=make_zonal(assembly.parish), assembly=assembly, reason="El acta no es cierta.")

    assert list(Assembly.objects.public().of_level("neighbourhood")) == [assembly]
    assembly.refresh_from_db()
    assert not any(rules.can_view_file(make_user(), file) for file in assembly.founding_files.all())
    assert "assembly-refused" in told(applicant)
    assert told(follower) == {"assembly-opened"}


def test_refused_at_once_was_never_public():
    assembly = apply()
    services.refuse_registration(officer=make_zonal(assembly.parish), assembly=assembly, reason="No es un barrio.")
    assert not Assembly.objects.public().filter(pk=assembly.pk).exists()


# --- registered ---------------------------------------------------------------------------------------------


def test_registered_assembly_has_its_neighbourhood_and_its_board_takes_office():
    applicant = make_user()
    assembly = register(applicant=applicant)

    assert assembly.neighbourhood == Neighbourhood.objects.get(name="San José", parish=assembly.parish)
    held = {a.office: (a.holder, a.holder_name) for a in Appointment.objects.filter(body=assembly.body)}
    assert held == {"president": (applicant, "Digna Ortiz"), "secretary": (None, "Luis Toapanta")}
    assert "assembly-registered" in told(applicant)


def test_account_that_the_officer_did_not_see_takes_office_by_credential():
    assembly = ready()
    officer = make_zonal(assembly.parish)
    services.register_assembly(officer=officer, assembly=assembly)
    president = Appointment.objects.get(body=assembly.body, office="president")
    assert president.holder is None

    code = services.print_credential(officer=officer, assembly=assembly, appointment=president)
    assert len(code) == 14
    stranger = make_appointment(office="zonal", zone=make_zone("Otra")).holder
    assert refused(services.print_credential, officer=stranger, assembly=assembly, appointment=president) == 403
    other = make_appointment(office="zonal", zone=assembly.parish.zone)
    assert refused(services.print_credential, officer=officer, assembly=assembly, appointment=other) == 403


def test_commune_is_registered_as_a_neighbourhood_is():
    commune = {"level": "commune", "name": "Comuna Chilibulo", "neighbourhood_name": "Chilibulo"}
    officer = make_zonal(make_parish())
    one, other = ready(officer, **commune), ready(officer, **commune | {"name": "Los de Chilibulo"})
    assert list(Assembly.objects.rivals_of(one)) == [other]

    services.register_assembly(officer=officer, assembly=one, accounts_seen=True)

    one.refresh_from_db()
    assert (one.status, one.level, one.parent.level) == ("registered", "commune", "parish")
    assert set(Appointment.objects.filter(body=one.body).values_list("office", flat=True)) == {"president", "secretary"}
    assert refused(services.register_assembly, officer=officer, assembly=other) == 409


@pytest.mark.parametrize("name", ["San José", "san jose", "Barrio San José", "Asamblea barrial de San José"])
def test_names_of_one_place_are_one_place(name):
    assert place_key(name) == "san jose"


def test_rivals_see_each_other_and_one_is_registered():
    officer = make_zonal(make_parish())
    one, other = ready(officer), apply(neighbourhood_name="barrio san jose", name="La otra")
    open_now(other, officer)
    period_over(other)
    assert list(Assembly.objects.rivals_of(one)) == [other]

    services.register_assembly(officer=officer, assembly=one)

    assert refused(services.register_assembly, officer=officer, assembly=other) == 409
    assert "assembly-rival-registered" in told(other.applied_by)
    assert refused(apply, neighbourhood_name="San Jose") == 409
    services.refuse_registration(officer=officer, assembly=other, reason="El barrio ya tiene asamblea.")


def test_database_refuses_a_second_registered_assembly_of_a_place():
    register()
    with pytest.raises(IntegrityError):
        make_assembly("neighbourhood", neighbourhood_name="San José")


def test_ended_assembly_frees_its_place_and_ends_its_offices():
    assembly = register()
    officer = make_zonal(assembly.parish)
    services.end_assembly(officer=officer, assembly=assembly, reason="Ya no se reúne.")
    assert not Appointment.objects.filter(body=assembly.body).current().exists()
    assert register().status == "registered"


# --- what falls due -----------------------------------------------------------------------------------------


def test_officers_are_reminded_and_late_answers_are_told_to_the_office_too():
    assembly = apply()
    officer, office = make_zonal(assembly.parish), make_appointment(office="participation").holder
    now = timezone.now()
    assert services.remind(now) == 0
    assert services.remind(now + timedelta(days=10)) == 1
    assert services.remind(now + timedelta(days=10)) == 0
    assert services.remind(now + timedelta(days=16)) == 2
    assert told(office) == {"assembly-due"}
    assert rules.is_late(assembly, now + timedelta(days=16))
    Assembly.objects.filter(pk=assembly.pk).update(answer_due=now - timedelta(days=1))
    assembly.refresh_from_db()
    assert [s.state for s in story_of(assembly)["steps"]] == ["now", "late", "next"]
    open_now(assembly, officer)
    period_over(assembly)
    assert services.remind(timezone.now()) == 1


# --- own data -----------------------------------------------------------------------------------------------


def test_own_data_is_exported_and_an_erased_person_leaves_no_name():
    applicant, objector = make_user(), make_user()
    assembly = open_now(apply(applicant))
    objected(assembly, objector, body="Palabras propias.")
    assert services.export_own(applicant)["registrations"][0]["name"] == assembly.name
    assert services.export_own(objector)["objections"][0]["body"] == "Palabras propias."

    for user in (applicant, objector):
        services.erase_own(user)

    assembly.refresh_from_db()
    assert (assembly.applied_by, assembly.board.first().account, Objection.objects.get().author) == (None, None, None)
    for user in (applicant, objector):
        assert not Assembly.history.filter(applied_by=user).exists()
        assert not Objection.history.filter(author=user).exists()
    assert FoundingFile.objects.count() == 2
