"""Correcting one thing leaves the rest as it stands: answers with their evidence, villages, jobs."""

import html
import re

import pytest

from sala.concessions import operations
from sala.concessions.models import Answered
from sala.core import clock
from tests.concessions.test_assessment import OFFICE, assessed, begin, tell  # noqa: F401

pytestmark = pytest.mark.django_db


def filled(page: str) -> dict[str, str]:
    """What a browser sends of the form of a page that nobody touched."""
    form = page.split('<form method="post"')[-1]
    sent: dict[str, str] = {}
    for found in re.finditer(r"<input([^>]*)>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', found[1]))
        if "name" not in told or (told.get("type") in ("radio", "checkbox") and "checked" not in found[1]):
            continue
        sent[told["name"]] = html.unescape(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)</textarea>', form):
        sent[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def page_of(browser, address) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def standing(row, respondent, area=None) -> dict[str, Answered]:
    found = row.answers.filter(respondent=respondent, area=area, is_current=True).select_related("criterion")
    return {each.criterion.code: each for each in found}


def test_one_corrected_answer_of_an_office_leaves_the_others_with_their_paper(visit, assessed, tell, paper):  # noqa: F811
    receipt = paper()
    tell(assessed, "government", OFFICE, document=receipt, words="Seen in the files")
    before = standing(assessed, "government")
    browser, address = visit("district"), f"{assessed.get_absolute_url()}answer/government/"
    sent = filled(page_of(browser, address)) | {"answer_dues": "late", "words": "The receipt is of May"}
    assert browser.post(address, sent).status_code == 302
    after = standing(assessed, "government")
    assert {code: each.code for code, each in after.items()} == OFFICE | {"dues": "late"}
    assert {code for code in after if after[code].pk != before[code].pk} == {"dues"}
    assert {each.document_id for each in after.values()} == {receipt.pk}
    assert (after["dues"].words, after["wages"].words) == ("The receipt is of May", "Seen in the files")


def test_evidence_for_all_is_asked_for_and_never_lost_in_silence(visit, assessed, tell, paper):  # noqa: F811
    browser, address = visit("district"), f"{assessed.get_absolute_url()}answer/government/"
    sent = filled(page_of(browser, address)) | {"words": "All seen again"}
    refused = browser.post(address, sent)
    assert refused.status_code == 200 and "No answer was changed" in refused.content.decode()
    assert browser.post(address, sent | {"for_all": "on"}).status_code == 302
    after = standing(assessed, "government")
    assert {each.words for each in after.values()} == {"All seen again"} and len(after) == len(OFFICE)


def test_a_village_is_chosen_first_and_its_own_answers_are_filled_in(visit, cast, assessed, tell):  # noqa: F811
    tell(assessed, "village", {"compensation": "no", "wages": "yes"}, words="Nobody got anything")
    browser, base = visit("district"), f"{assessed.get_absolute_url()}answer/village/"
    assert "Which village answers?" in page_of(browser, base)
    assert "Say which village answers" in browser.post(base, {}).content.decode()
    chosen = browser.post(base, {"known": "0101"})
    assert chosen.status_code == 302 and chosen.url == f"{base}?area=0101"
    sent = filled(page_of(browser, chosen.url))
    assert sent["answer_compensation"] == "no" and sent["answer_wages"] == "yes"
    assert browser.post(chosen.url, sent | {"answer_compensation": "partly"}).status_code == 302
    after = standing(assessed, "village", cast.area("0101"))
    assert (after["compensation"].code, after["wages"].code) == ("partly", "yes")
    assert (after["compensation"].words, after["wages"].words) == ("Nobody got anything",) * 2
    other = browser.post(base, {"known": "", "area": "0102"}).url
    assert filled(page_of(browser, other)).get("answer_compensation", "") == ""


def test_an_answer_that_came_in_meanwhile_is_not_undone(visit, cast, assessed, tell):  # noqa: F811
    address = f"{assessed.get_absolute_url()}answer/government/"
    browser = visit("district")
    sent = filled(page_of(browser, address))
    tell(assessed, "government", {"wages": "no"}, who="province")
    assert browser.post(address, sent | {"answer_dues": "late"}).status_code == 302
    after = standing(assessed, "government")
    assert (after["wages"].code, after["dues"].code) == ("no", "late")


def test_correcting_the_households_of_a_village_leaves_its_compensation_and_paper(visit, cast, concession, with_paper):
    made = concession()
    minutes = with_paper(made, "agreement")
    row = operations.tell_village(
        cast.actor("district"), made, cast.area("0101"), households=10, households_moved=2, consultation="agreed",
        consulted_on=clock.today(), compensation_promised=1234500, compensation_paid=500, currency="XTS",
        document=minutes, note="By the chief",
    )  # fmt: skip
    browser, address = visit("district"), f"{made.get_absolute_url()}villages/{row.pk}/correct/"
    assert f"villages/{row.pk}/correct/" in page_of(browser, made.get_absolute_url())
    sent = filled(page_of(browser, address)) | {"households": "12"}
    assert browser.post(address, sent).status_code == 200  # without a reason
    assert browser.post(address, sent | {"reason": "Counted again"}).status_code == 302
    row.refresh_from_db()
    assert (row.households, row.households_moved, row.consultation, row.consulted_on) == (
        12,
        2,
        "agreed",
        clock.today(),
    )
    assert (row.compensation_promised, row.compensation_paid, row.currency) == (1234500, 500, "XTS")
    assert (row.document, row.note) == (minutes, "By the chief")
    assert set(made.changes.filter(reason="Counted again").values_list("field", flat=True)) == {"households"}
    assert (
        visit("inspector").get(address).status_code == 403 and visit("other_district").get(address).status_code == 404
    )


def test_a_village_that_stands_there_is_not_emptied_by_entering_it_again(visit, cast, concession):
    made = concession()
    row = operations.tell_village(cast.actor("district"), made, cast.area("0101"), households=10, note="By the chief")
    made.refresh_from_db()
    told = {"area": "0101", "households": "12", "consultation": "unknown", "version": made.version}
    refused = visit("district").post(f"{made.get_absolute_url()}villages/new/", told)
    assert refused.status_code == 200 and "stands there already" in refused.content.decode()
    row.refresh_from_db()
    assert (row.households, row.note) == (10, "By the chief")


def test_correcting_a_count_of_jobs_leaves_its_parts_and_paper(visit, cast, concession, with_paper):
    made = concession()
    list_of_pay = with_paper(made, "agreement")
    row = operations.count_jobs(
        cast.actor("district"), made, kind="present", as_of=clock.today(), total=40, women=18, foreign=2, seasonal=5,
        document=list_of_pay,
    )  # fmt: skip
    browser, address = visit("district"), f"{made.get_absolute_url()}jobs/{row.pk}/correct/"
    assert f"jobs/{row.pk}/correct/" in page_of(browser, made.get_absolute_url())
    sent = filled(page_of(browser, address)) | {"total": "45", "reason": "A slip of the pen"}
    assert browser.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.total, row.women, row.foreign, row.seasonal, row.document) == (45, 18, 2, 5, list_of_pay)
    operations.count_jobs(cast.actor("district"), made, kind="planned", as_of=clock.today(), total=50)
    sent = filled(page_of(browser, address)) | {"kind": "planned", "reason": "It was the plan"}
    assert "stands there already" in browser.post(address, sent).content.decode()
