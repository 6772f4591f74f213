"""The pages around figures asked, beside their refusals: laying down, filling in, reading, returning."""

import html
import re
from decimal import Decimal

import pytest

from sala.catalogue.models import FigureTable
from sala.catalogue.operations.asking import Fill
from sala.catalogue.queries.asked import cells_of
from sala.core import clock
from sala.duties import operations as duties
from sala.duties.models import Assignment

pytestmark = pytest.mark.django_db


def fields_of(answer) -> dict[str, str]:
    """What a browser would send of the page's form, as it stands, with what the page remembers of it."""
    text = answer.content.decode()
    form = text[text.index('id="figures"') : text.index('id="workbook"')]
    inputs = [dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in re.findall(r"<input [^>]*>", form)]
    return {one["name"]: html.unescape(one.get("value", "")) for one in inputs if "-" in one.get("name", "")}


def address(assignment, page="fill-in"):
    return f"/datasets/asked/assignments/{assignment.pk}/{page}/"


def typed(assignment, values) -> dict[str, str]:
    cells = {cell.asked.key: cell.asked.pk for cell in cells_of(assignment)}
    return {f"value-{cells[key]}": value for key, value in values.items()}


ALL = {"pupils.female": "120", "pupils.male": "130", "pupils.total": "250", "dropouts.female": "໔",
       "dropouts.male": "4", "dropouts.total": "8"}  # fmt: skip


def test_the_issuer_lays_the_table_down_on_a_page(visit, figure_call):
    call = figure_call(rows=None)
    page = f"/datasets/asked/{call.reference}/"
    caller = visit("caller")
    assert caller.get(page).status_code == 200
    begun = {"rows-TOTAL_FORMS": 2, "rows-INITIAL_FORMS": 0, "columns-TOTAL_FORMS": 1, "columns-INITIAL_FORMS": 0}
    lines = {
        "rows-0-code": "births", "rows-0-label_lo": "ການເກີດ", "rows-0-label_en": "Births", "rows-0-unit": "ຄົນ",
        "rows-0-minimum": "໐", "rows-0-sums": "", "unlike_percent": "30",
    }  # fmt: skip
    assert caller.post(page, begun | lines).status_code == 302
    table = FigureTable.objects.get(call=call)
    row = table.rows.get()
    assert (row.code, str(row.label), row.minimum, table.unlike_percent) == ("births", "Births", 0, 30)
    call.refresh_from_db()
    assert call.asker == "figures"
    again = caller.post(page, begun | lines | {"rows-0-sums": "deaths"})
    assert again.status_code == 200 and "this is none: deaths" in again.content.decode()
    assert visit("public").get(page).status_code == 404 and visit("stranger").get(page).status_code == 404


def test_of_an_issued_call_the_table_is_read_by_those_asked(visit, asked):
    call = asked().call
    answer = visit("owner").get(f"/datasets/asked/{call.reference}/")
    assert answer.status_code == 200 and "Pupils who left" in answer.content.decode()
    assert visit("stranger").get(f"/datasets/asked/{call.reference}/").status_code == 404


def test_what_is_right_is_kept_and_what_is_unclear_comes_back_with_both_readings(visit, asked):
    assignment, owner = asked(), visit("owner")
    answer = owner.post(
        address(assignment), typed(assignment, {"pupils.female": "໑໒໐", "pupils.male": "1.300"}) | {"keep": "1"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200 and "can mean" in text and 'value="1.300"' in text
    kept = {cell.asked.key: cell.given.value for cell in cells_of(assignment) if cell.given}
    assert kept == {"pupils.female": 120}
    assert re.search(r"Understood as\s*<strong>120</strong>", text)


def test_a_number_kept_is_sent_again_unchanged_in_either_language(visit, asked, pupils):
    rows = [type(pupils[0])("share", pupils[0].label, decimals=3)]
    assignment = asked(rows=rows, columns=[])
    for language, text in (("en", "1.234,5"), ("lo", "1,567")):
        owner = visit("owner", language)
        sent = typed(assignment, {"share": text if language == "en" else "1 567,125"})
        owner.post(address(assignment), sent | {"keep": "1"})
        before = cells_of(assignment)[0].given.value
        answer = owner.get(address(assignment))
        owner.post(address(assignment), fields_of(answer) | {"keep": "1"})
        assert cells_of(assignment)[0].given.value == before


def test_submitting_too_early_lists_what_is_missing_and_submits_nothing(visit, asked):
    assignment, owner = asked(), visit("owner")
    answer = owner.post(address(assignment), typed(assignment, {"pupils.female": "5"}) | {"submit": "1"}, follow=True)
    assert answer.status_code == 200 and answer.content.decode().count('href="#cell-') == 5
    assignment.refresh_from_db()
    assert assignment.state == "issued" and assignment.submissions == 0


def test_submitting_confirms_receipt_and_leads_to_the_assignment(visit, asked):
    assignment, owner = asked(), visit("owner")
    answer = owner.post(address(assignment), typed(assignment, ALL) | {"submit": "1"})
    assert answer.status_code == 302 and answer["Location"] == assignment.get_absolute_url()
    assignment.refresh_from_db()
    assert assignment.state == "submitted"
    assert list(assignment.steps.values_list("step", flat=True)) == ["issue", "acknowledge", "submit"]
    assert owner.get(address(assignment))["Location"] == address(assignment, "given")


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("public", 404), ("colleague", 403), ("caller", 403)])
def test_nobody_else_fills_it_in(visit, asked, who, status):
    assignment = asked()
    assert visit(who).get(address(assignment)).status_code == status
    assert visit(who).post(address(assignment), typed(assignment, ALL)).status_code == status
    assert all(cell.given is None for cell in cells_of(assignment))


def test_the_reviewer_returns_one_figure_and_sees_it_corrected(world, visit, asked):
    assignment, owner, caller = asked(), visit("owner"), visit("caller")
    owner.post(address(assignment), typed(assignment, ALL) | {"submit": "1"})
    cells = {cell.asked.key: cell.asked.pk for cell in cells_of(assignment)}
    back = address(assignment, "return")
    assert caller.post(back, {"reason": ""}).status_code == 200
    assert caller.post(back, {f"remark-{cells['pupils.male']}": "Two schools are missing"}).status_code == 302
    text = owner.get(address(assignment)).content.decode()
    assert "Two schools are missing" in text
    owner.post(
        address(assignment), typed(assignment, ALL | {"pupils.male": "140", "pupils.total": "260"}) | {"submit": "1"}
    )
    text = caller.get(address(assignment, "given")).content.decode()
    assert text.count('class="marked"') == 2 and "returned before" in text
    duties.accept(world.actor("caller"), Assignment.objects.get(pk=assignment.pk))
    assert "Return with these reasons" not in caller.get(address(assignment, "given")).content.decode()


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("public", 404), ("owner", 403), ("colleague", 403)])
def test_nobody_else_returns_it(visit, asked, filled, world, who, status):
    assignment = filled(asked())
    duties.acknowledge(world.actor("owner"), assignment)
    duties.submit(world.actor("owner"), assignment)
    assert visit(who).post(address(assignment, "return"), {"reason": "no"}).status_code == status
    assignment.refresh_from_db()
    assert assignment.state == "submitted" and clock.today()


def test_the_value_of_last_time_stands_beside(visit, asked, accepted):
    accepted(asked(period="2025"))
    text = visit("owner").get(address(asked())).content.decode()
    assert text.count("Last time") == 6 and "(2025): 120" in text


def test_an_assignment_that_asks_no_figures_has_none_of_these_pages(world, visit, figure_call):
    call = figure_call(rows=None)
    duties.issue_call(world.actor("caller"), call)
    row = call.assignments.get()
    for page in ("fill-in", "given", "workbook"):
        assert visit("owner").get(address(row, page)).status_code == 404


def test_two_people_fill_in_different_cells_at_the_same_time(visit, asked):
    assignment, owner, other = asked(), visit("owner"), visit("owner")
    cells = {cell.asked.key: f"value-{cell.asked.pk}" for cell in cells_of(assignment)}
    owner.post(
        address(assignment), fields_of(owner.get(address(assignment))) | {cells["pupils.male"]: "100", "keep": "1"}
    )
    stale = fields_of(owner.get(address(assignment)))
    fresh = fields_of(other.get(address(assignment))) | {cells["pupils.male"]: "140", cells["dropouts.male"]: "3"}
    other.post(address(assignment), fresh | {"keep": "1"})
    owner.post(address(assignment), stale | {cells["pupils.female"]: "120", "keep": "1"})
    given = {cell.asked.key: cell.given.value for cell in cells_of(assignment) if cell.given}
    assert given == {"pupils.female": 120, "pupils.male": 140, "dropouts.male": 3}
    emptied = fields_of(owner.get(address(assignment))) | {cells["dropouts.male"]: ""}
    owner.post(address(assignment), emptied | {"keep": "1"})
    assert "dropouts.male" not in {cell.asked.key for cell in cells_of(assignment) if cell.given}


def test_what_the_checks_say_of_a_draft_is_told_to_who_writes_it_only(world, visit, asked, filled):
    assignment = filled(asked(), **{"pupils.total": Fill(value=Decimal(99251))})
    page = assignment.get_absolute_url()
    assert "99,251" in visit("owner").get(page).content.decode()
    assert "99,251" not in visit("caller").get(page).content.decode()
    duties.acknowledge(world.actor("owner"), assignment)
    duties.declare_not_available(world.actor("owner"), assignment, reason="Not counted yet")
    assert "99,251" not in visit("caller").get(page).content.decode()
