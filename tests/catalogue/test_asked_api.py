"""Figures asked, through the API: the same rights, checks and words as on the pages."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from sala.catalogue.queries.asked import cells_of
from sala.duties import operations as duties

pytestmark = pytest.mark.django_db


def put(browser, address, cells):
    return browser.put(address, {"cells": cells}, content_type="application/json")


def address(assignment):
    return f"/api/v1/assignments/{assignment.pk}/figures"


def test_what_is_asked_is_read_and_kept_and_says_what_is_still_wrong(visit, asked):
    assignment, program = asked(), visit("owner")
    found = program.get(address(assignment)).json()
    assert [cell["key"] for cell in found["cells"]][:2] == ["pupils.female", "pupils.male"]
    assert found["cells"][0]["maximum"] == "100000" and len(found["faults"]) == 6
    answer = put(program, address(assignment), {"pupils.female": {"value": "12"}, "pupils.male": {"reason": "Lost"}})
    assert answer.status_code == 200 and answer.json()["is_draft"]
    assert [cell["value"] for cell in answer.json()["cells"]][:2] == ["12", None] and len(answer.json()["faults"]) == 4


def test_a_wrong_cell_is_named_and_nothing_is_kept(visit, asked):
    assignment, program = asked(), visit("owner")
    answer = put(program, address(assignment), {"pupils.female": {"value": "12"}, "other": {"value": "1"}})
    assert answer.status_code == 422 and list(answer.json()["fields"]) == ["other"]
    assert put(program, address(assignment), {"pupils.female": {"value": "many"}}).status_code == 422
    assert all(cell.given is None for cell in cells_of(assignment))


def test_who_asks_reads_the_answer_but_not_the_draft_and_writes_nothing(world, visit, asked, filled):
    assignment, program = filled(asked()), visit("caller")
    assert {cell["value"] for cell in program.get(address(assignment)).json()["cells"]} == {None}
    assert put(program, address(assignment), {"pupils.female": {"value": "12"}}).status_code == 403
    duties.acknowledge(world.actor("owner"), assignment)
    duties.submit(world.actor("owner"), assignment)
    assert program.get(address(assignment)).json()["cells"][0]["value"] == "120"


def test_a_stranger_and_the_public_find_nothing(visit, asked):
    assignment = asked()
    for who in ("stranger", "public"):
        assert visit(who).get(address(assignment)).status_code == 404
        assert visit(who).get(f"{address(assignment)}/workbook").status_code == 404


def test_the_workbook_goes_out_and_comes_back(visit, asked):
    assignment, program = asked(), visit("owner")
    book = load_workbook(io.BytesIO(program.get(f"{address(assignment)}/workbook").content))
    book["figures"]["F6"] = "໗"
    out = io.BytesIO()
    book.save(out)
    sent = program.post(f"{address(assignment)}/workbook", {"file": SimpleUploadedFile("f.xlsx", out.getvalue())})
    assert sent.status_code == 200 and sent.json()["cells"][0]["value"] == "7"
    book["figures"]["F6"] = "=1"
    out = io.BytesIO()
    book.save(out)
    sent = program.post(f"{address(assignment)}/workbook", {"file": SimpleUploadedFile("f.xlsx", out.getvalue())})
    assert sent.status_code == 422 and "figures!F6" in sent.json()["detail"]
