from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from decide.accounts.models import RegisterEntry
from decide.accounts.register import RegisterError, import_register
from tests.accounts.conftest import CEDULA, OTHER_CEDULA
from tests.accounts.test_keys import V1, V2
from tests.accounts.test_privacy import everything_in_the_database
from tests.accounts.test_signup import cedulas
from tests.factories import make_parish

pytestmark = pytest.mark.django_db
HEAD = "cedula,birth_date,parish_code"


@pytest.fixture
def parish():
    return make_parish(code="170150")


@pytest.fixture
def file(tmp_path, parish):
    def write(*lines, encoding="utf-8", end="\n"):
        path = tmp_path / "padron.csv"
        path.write_bytes(end.join([HEAD, *lines, ""]).encode(encoding))
        return str(path)

    return write


def run(path) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_register", path, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("utf-8", "\r\n")])
def test_import_keeps_keyed_hashes_only(file, encoding, end):
    path = file(f"{CEDULA},1968-05-17,170150", " 010000002-5 ,2001-12-31,170150", "", encoding=encoding, end=end)
    assert run(path) == ("2 added, 0 changed, 0 as before.\n", "")
    for number in (CEDULA, OTHER_CEDULA, "1968", "2001-12"):
        assert number not in everything_in_the_database().replace(path, "")


def test_import_again_changes_nothing_and_updates_what_differs(file, parish):
    other = make_parish("Calderón", code="170155")
    assert run(file(f"{CEDULA},1968-05-17,170150", f"{OTHER_CEDULA},2001-12-31,170150"))[0].startswith("2 added")
    assert run(file(f"{CEDULA},1968-05-17,170150"))[0] == "0 added, 0 changed, 1 as before.\n"
    assert run(file(f"{CEDULA},1968-05-18,170155"))[0] == "0 added, 1 changed, 0 as before.\n"
    assert sorted(RegisterEntry.objects.values_list("parish__name", flat=True)) == sorted([other.name, parish.name])


def test_import_says_what_is_wrong_by_line_and_imports_nothing(file):
    wrong = {
        "1700000010,1968-05-17,170150": "the cédula is not valid",
        "0100000025,17/05/1968,170150": "the date is not written as 2001-12-31",
        "2400000036,2999-01-01,170150": "the date is not a date of birth",
        "3000000046,1968-05-17,999999": "no parish has this code",
        "1759999996,1968-05-17": "2 cells instead of 3",
        "1700000019,1970-01-01,170150": "this person is in the file twice",
    }
    out, err = run(file(f"{CEDULA},1968-05-17,170150", *wrong))
    assert err == "".join(f"line {n}: {why}\n" for n, why in enumerate(wrong.values(), 3)) + (
        "6 wrong lines. Nothing was imported."
    )
    assert out == ""
    assert RegisterEntry.objects.count() == 0
    assert not any(line.split(",")[0] in err for line in wrong)


@pytest.mark.parametrize("text", ["", "\n", "a,b,c\n", "cedula;birth_date;parish_code\n", "cedula,birth_date\n"])
def test_import_needs_its_first_line(text):
    with pytest.raises(RegisterError) as refused:
        import_register(text.splitlines(keepends=True))
    assert [line for line, _why in refused.value.report.errors] == [1]


def test_import_of_a_file_that_is_not_utf8_or_not_there(file, tmp_path):
    path = file("ñ,1,2", encoding="latin-1")
    assert "not UTF-8" in run(path)[1]
    assert "cannot be read" in run(str(tmp_path / "no.csv"))[1]


def test_import_with_nul_bytes_is_refused_in_words(file):
    assert "line 2" in run(file("17\0AB,1968-05-17,170150"))[1]


def test_import_after_a_rotation_writes_every_entry_under_the_new_pepper(file, settings):
    settings.RESIDENCE_PEPPERS = {"v1": V1}
    path = file(f"{CEDULA},1968-05-17,170150")
    run(path)
    settings.RESIDENCE_PEPPERS = {"v2": V2, "v1": V1}
    assert run(path)[0] == "0 added, 1 changed, 0 as before.\n"
    entry = RegisterEntry.objects.get()
    assert (entry.document_key[:3], entry.person_key[:3]) == ("v2:", "v2:")


def test_import_of_more_than_one_batch_with_few_queries(parish, django_assert_max_num_queries):
    lines = [HEAD, *(f"{number},1970-01-01,170150" for number in cedulas(1200))]
    with django_assert_max_num_queries(40):
        assert import_register(lines).added == 1200
