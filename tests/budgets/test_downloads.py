"""What is taken home reads back as it is shown: CSV and XLSX, harmless in a spreadsheet, only what is public."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from budgets.exports import LIST_COLUMNS, TABLES
from budgets.models import Request
from decide.tables import csv_response, xlsx_response
from tests.factories import (
    make_allocation,
    make_candidate,
    make_decision,
    make_opinion,
    make_parish,
    make_request,
    make_year,
    make_zone,
)

FORMULAS = ["=1+1", "+593", "-2", "@SUMA(A1)", "\t=1", "\r=1", "  =1", "＝1", '=HYPERLINK("http://x";"y")']


def read_csv(response) -> list[list[str]]:
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(response) -> list[list]:
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


# --- the module that rooms share ------------------------------------------------------------------------------------


def test_no_cell_of_a_csv_is_a_formula():
    rows = read_csv(csv_response("x.csv", ["=columna"], [[text] for text in FORMULAS]))
    assert rows == [["'=columna"], *([f"'{text}"] for text in FORMULAS)]


def test_no_cell_of_a_sheet_is_a_formula_and_its_text_is_as_it_was():
    response = xlsx_response("x.xlsx", ["=columna"], [[text] for text in FORMULAS])
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert [row[0].value for row in sheet.iter_rows()][1:5] == FORMULAS[:4]


VALUES = [None, True, 7, Decimal("-1234.50"), date(2027, 3, 31), "Ñuñoa, «San José»\n", "", "a\x00b\x07\ud800"]


def test_values_read_back_from_csv():
    at = timezone.make_aware(datetime(2027, 3, 31, 17, 0))
    head, row = read_csv(csv_response("x.csv", list("abcdefghi"), [[*VALUES, at]]))
    expected = ["", "sí", "7", "-1234.50", "2027-03-31", "Ñuñoa, «San José»\n", "", "ab\x07?"]
    assert row == [*expected, "2027-03-31T17:00:00-05:00"]
    assert head == list("abcdefghi")


def test_values_read_back_from_a_sheet_as_numbers_and_dates():
    at = timezone.make_aware(datetime(2027, 3, 31, 17, 0, 5, 9))
    _head, row = read_xlsx(xlsx_response("x.xlsx", list("abcdefghi"), [[*VALUES, at]]))
    assert row[1:6] == ["sí", 7, -1234.5, datetime(2027, 3, 31), "Ñuñoa, «San José»\n"]
    assert (row[0], row[7], row[8]) == (None, "ab?", datetime(2027, 3, 31, 17, 0, 5))


def test_a_csv_is_streamed_row_by_row():
    asked = []
    response = csv_response("x.csv", ["n"], (asked.append(n) or [n] for n in range(1000)))
    assert (asked, response["Content-Disposition"]) == ([], 'attachment; filename="x.csv"')
    next(iter(response.streaming_content))
    assert 0 < len(asked) < 1000


# --- the tables of a year -------------------------------------------------------------------------------------------


@pytest.fixture
def city(db):
    """Two parishes in two zones, one of which has decided; and what nobody may read."""
    here = make_parish("La Argelia", code="170101")
    there = make_parish("Calderón", code="170202", zone=make_zone("Calderón"))
    for parish in (here, there):
        make_allocation(parish=parish, amount="700000.00")
    decision = make_decision(
        parish=here, status="decided", budget=Decimal(700_000), result={}, decided_at=timezone.now()
    )
    funded = make_request(title="=Adoquinado", parish=here, status="prioritised")
    for kind in ("technical", "social", "legal"):
        make_opinion(funded, kind)
    make_candidate(decision, funded, outcome="funded", place=1)
    half = make_request(title="A medias", parish=there, status="study")
    make_opinion(half, "technical")
    make_opinion(half, "legal", issued=False)
    make_request(title="Borrador", parish=here, status="draft")
    hidden = make_request(title="Oculta", parish=here, status="feasible")
    for kind in ("technical", "social", "legal"):
        make_opinion(hidden, kind)
    make_candidate(decision, hidden, outcome="not_funded")
    Request.objects.filter(pk=hidden.pk).update(hidden=True)
    preparing = make_decision(parish=there)
    make_candidate(preparing, make_request(title="Todavía no", parish=there, status="feasible"))
    return {"here": here, "there": there}


def column(rows, name):
    return [row[rows[0].index(name)] for row in rows[1:]]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("table", TABLES)
def test_every_table_comes_in_both_forms_with_its_columns(client, city, table, form):
    response = client.get(f"/presupuestos/2027/datos/{table}.{form}")
    rows = read_csv(response) if form == "csv" else read_xlsx(response)
    assert tuple(rows[0]) == TABLES[table].columns
    assert {len(row) for row in rows} == {len(TABLES[table].columns)}
    assert response["Content-Disposition"] == f'attachment; filename="presupuesto-2027-{table}.{form}"'


@pytest.mark.parametrize(
    ("table", "titles"),
    [
        ("solicitudes", ["'=Adoquinado", "A medias", "Todavía no"]),
        ("dictamenes", ["'=Adoquinado"] * 3),
        ("matriz", ["'=Adoquinado"]),
        ("resultados", ["'=Adoquinado"]),
    ],
)
def test_what_is_not_public_is_in_no_table(client, city, table, titles):
    rows = read_csv(client.get(f"/presupuestos/2027/datos/{table}.csv"))
    assert column(rows, "titulo") == titles


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Calderón", "La Argelia"]),
        ("?zona=calderon", ["Calderón"]),
        ("?parroquia=la-argelia", ["La Argelia"]),
        ("?q=calderon", ["Calderón"]),
        ("?zona=calderon&parroquia=la-argelia", []),
    ],
)
def test_the_filters_of_the_page_are_those_of_its_tables(client, city, query, found):
    rows = read_csv(client.get(f"/presupuestos/2027/datos/asignaciones.csv{query}"))
    assert column(rows, "parroquia") == found
    assert set(column(rows, "asignado_usd")) <= {"700000.00"}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("2027/datos/nada.csv", 404),
        ("2030/datos/asignaciones.csv", 404),
        ("2027/datos/asignaciones.csv?zona=nada", 400),
        ("2027/datos/asignaciones.xlsx?orden=nada", 400),
        ("2027/datos/asignaciones.pdf", 404),
    ],
)
def test_what_does_not_exist_is_said(client, city, address, status):
    assert client.get(f"/presupuestos/{address}").status_code == status


@pytest.mark.django_db
def test_a_year_in_preparation_is_taken_home_by_nobody(client):
    make_year(2031, published=False)
    assert client.get("/presupuestos/2031/datos/asignaciones.csv").status_code == 404


def test_tables_cost_the_same_for_1_and_20_requests(client, city, django_assert_max_num_queries):
    counted = []
    for _round in range(2):
        with django_assert_max_num_queries(10) as queries:
            read_csv(client.get("/presupuestos/2027/datos/solicitudes.csv"))
        counted.append(len(queries))
        for _n in range(19):
            make_request(parish=city["here"])
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Adoquinado", "A medias", "Todavía no"}),
        ("?zona=calderon&orden=apoyadas", {"A medias", "Todavía no"}),
        ("?estado=priorizadas&anio=2027", {"Adoquinado"}),
        ("?q=medias", {"A medias"}),
    ],
)
def test_the_list_of_requests_is_taken_home_as_it_is_filtered(client, city, query, titles):
    page = client.get(f"/presupuestos/solicitudes/{query}").content.decode().replace("&amp;", "&")
    for form, read in (("csv", read_csv), ("xlsx", read_xlsx)):
        address = f"/presupuestos/solicitudes/datos.{form}{query}"
        assert f'href="{address}"' in page
        rows = read(client.get(address))
        assert tuple(rows[0]) == LIST_COLUMNS
        assert {title.lstrip("'=") for title in column(rows, "titulo")} == titles
    assert client.get("/presupuestos/solicitudes/datos.csv?estado=draft").status_code == 400
