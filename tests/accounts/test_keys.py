import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError

from decide.accounts import keys
from decide.accounts.models import DocumentKey
from tests.accounts.conftest import BORN, CEDULA
from tests.factories import make_residence

V1, V2 = b"first-pepper-0123456789", b"second-pepper-0123456789"
VALID = ["1700000019", "0100000025", "2400000036", "3000000046", "1759999996"]
INVALID = ["1700000010", "2500000019", "0000000018", "1770000014", "17000000", "17000000A1", "0000000000", ""]


@pytest.mark.parametrize("number", VALID)
def test_cedula_valid(number):
    assert keys.normalise_number("cedula", number) == number


@pytest.mark.parametrize("number", INVALID)
def test_cedula_invalid_is_refused_without_repeating_it(number):
    with pytest.raises(ValidationError) as refused:
        keys.normalise_number("cedula", number)
    assert not number or number not in str(refused.value)


WRITTEN = ["1700000019", "170000001-9", " 17 0000 0019 ", "170000001–9", "１７００００００１９"]


@pytest.mark.parametrize("written", WRITTEN)
def test_document_keys_same_however_the_number_is_written(written):
    assert keys.document_keys("cedula", "EC", written) == keys.document_keys("cedula", "EC", CEDULA)


def test_passport_keys_depend_on_country_and_kind_not_on_case():
    one = keys.document_keys("passport", "CO", "AB-123 456")
    assert one == keys.document_keys("passport", "co", "ab123456")
    assert one != keys.document_keys("passport", "VE", "AB123456")
    assert one != keys.document_keys("refugee", "CO", "AB123456")


@pytest.mark.parametrize("number", ["", "A", "x" * 21, "ПАСПОРТ1", "\0\0\0\0", "----"])
def test_passport_number_invalid(number):
    with pytest.raises(ValidationError):
        keys.normalise_number("passport", number)


def test_keys_are_written_for_every_pepper_newest_first(settings):
    settings.RESIDENCE_PEPPERS = {"v2": V2, "v1": V1}
    both = keys.document_keys("cedula", "EC", CEDULA)
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    assert [key[:3] for key in both] == ["v2:", "v1:"]
    assert both[1:] == keys.document_keys("cedula", "EC", CEDULA)
    assert all(len(key) == 3 + 64 and CEDULA not in key for key in both)


def test_person_keys_need_both_number_and_date():
    one = keys.person_keys(CEDULA, BORN)
    assert one != keys.person_keys(CEDULA, BORN.replace(day=18))
    assert one != keys.document_keys("cedula", "EC", CEDULA)


def test_claim_code_is_read_however_it_is_typed():
    code = keys.make_claim_code()
    assert keys.claim_keys(code) == keys.claim_keys(f" {code.lower().replace('-', ' ')} ")
    assert keys.claim_keys("") == []
    assert len({keys.make_claim_code() for _i in range(200)}) == 200


@pytest.mark.django_db
def test_check_says_that_a_pepper_is_missing(settings):
    def found():
        return [problem.id for problem in run_checks(databases=["default"]) if problem.id.startswith("accounts.")]

    assert found() == []
    make_residence()  # a key under v1
    assert found() == []
    settings.RESIDENCE_PEPPERS = {"v2": V2}
    assert found() == ["accounts.E001"]
    settings.RESIDENCE_PEPPERS = {"v2": V2, "v1": V1}
    assert found() == []
    # A document that is known under both versions needs only one of them: an old process may go on.
    known = DocumentKey.objects.get()
    DocumentKey.objects.create(residence=known.residence, kind="cedula", key="v2:test", document=known.document)
    for peppers in ({"v2": V2}, {"v1": V1}):
        settings.RESIDENCE_PEPPERS = peppers
        assert found() == []
