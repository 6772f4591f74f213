"""Which kinds of questions can be answered where, for the author of a form."""

import re

import pytest

from sala.collection import channels, paper, sms
from sala.collection.channels import BROWSER, CHANNELS, FULL, KINDS, NONE, PAPER, PART, PHONE, SMS, all_kinds, reach_of
from sala.core.files.xlsform.described import TYPES
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


def field(name, kind, required=False, repeat=""):
    return {"name": name, "type": kind, "required": required, "repeat": repeat, "relevant": "", "path": f"/data/{name}"}


def test_every_kind_of_question_has_its_row():
    asked_nowhere = channels.SKIPPED | {"osm"}
    assert {kind for kind in TYPES if kind not in asked_nowhere} == set(KINDS)
    for row in all_kinds():
        assert set(row.carried) == set(CHANNELS) and row.carried[PHONE] == FULL and row.carried[PAPER] != NONE


def test_the_rows_follow_what_the_channels_take():
    carried = {row.kind: row.carried for row in all_kinds()}
    assert {kind for kind in KINDS if carried[kind][SMS] == FULL} == sms.SIMPLE & set(KINDS)
    assert all(carried[kind][PAPER] == PART for kind in paper.PICTURES | paper.POINTS)
    assert carried["audio"][BROWSER] == PART and carried["geoshape"][BROWSER] == FULL


def test_a_form_tells_which_of_its_questions_a_channel_leaves_out():
    fields = [field("village", "text"), field("people", "integer"), field("photo", "image"), field("start", "start")]
    found = {str(one.words): one for one in reach_of(fields, "village")}
    assert found["Phone (ODK Collect)"].state == found["Browser"].state == FULL
    assert found["On paper"].state == PART and [name for name, *_rest in found["On paper"].partly] == ["photo"]
    assert found["Short message"].state == PART and [name for name, *_rest in found["Short message"].lacking] == [
        "photo"
    ]
    must = [*fields[:2], field("photo", "image", required=True)]
    assert {str(one.words): one.state for one in reach_of(must, "village")}["Short message"] == NONE


def test_the_page_is_for_everybody_and_the_author_finds_the_form_s_own(visit, world, village_form):
    page = visit().get("/forms/kinds/")
    assert page.status_code == 200 and page.content.decode().count("<tr>") == len(KINDS) + 1
    form = village_form()
    text = visit("owner").get(f"/forms/{form.slug}/versions/1/").content.decode()
    assert "Where it can be answered" in text and "left out" in text


def test_the_manual_has_the_same_table():
    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    words = {FULL: "yes", PART: "in part", NONE: "no"}
    told = {row.kind: " | ".join(words[row.carried[name]] for name in CHANNELS) for row in all_kinds()}
    assert {kind: re.sub(r" \([^)]*\)", "", cells) for kind, cells in rows.items()} == told


def test_without_javascript_the_page_leads_to_the_paper_form(visit, world, village_form):
    form = village_form()
    text = visit("owner").get(f"/forms/{form.slug}/fill/?about=").content.decode()
    inside = re.search(r"<noscript>(.*?)</noscript>", text, re.DOTALL)[1]
    assert f'href="/forms/{form.slug}/paper.pdf"' in inside
    assert visit("owner").get(f"/forms/{form.slug}/paper.pdf").status_code == 200
