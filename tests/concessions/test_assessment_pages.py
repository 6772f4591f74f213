"""Pages of assessments: who reads grades, who reads answers, and what each can do there."""

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.urls import reverse

from sala.concessions.models import CriteriaVersion
from sala.concessions.operations.assessing import settle_difference
from sala.concessions.operations.assessment_rounds import close_round
from sala.concessions.operations.screening import Asked, screen
from sala.concessions.queries.assessments_waiting import desk_rows, rounds_led, rounds_open
from sala.concessions.queries.completeness import completeness
from sala.concessions.words.screening import Known, said
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from tests.concessions.conftest import square
from tests.concessions.test_assessment import OFFICE, assessed, begin, stand, tell  # noqa: F401
from tests.concessions.test_releases import opened  # noqa: F401
from tests.maps.conftest import boundaries, read_once  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def contradicted(assessed, tell):  # noqa: F811
    tell(assessed, "company", {"compensation": "yes"}, words="Paid in May")
    tell(assessed, "village", {"compensation": "no"}, words="Nobody got anything")
    return assessed


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize("who", ["district", "province", "ministry", "inspector"])
def test_offices_read_the_grade_its_reasons_and_who_said_what(visit, contradicted, who):
    page = text(visit(who).get(contradicted.get_absolute_url()))
    assert "contradiction" in page and "Nobody got anything" in page and "Paid in May" in page
    assert "With compensation unpaid it is a C at best." in page
    assert "What would lift the grade" in page
    assert "example" in page.lower()  # the index of the authorities is not public
    assert contradicted.get_absolute_url() in text(visit(who).get(contradicted.concession.get_absolute_url()))


def test_the_holder_reads_what_it_is_asked_and_its_own_answers_only(visit, contradicted):
    company = visit("company")
    page = text(company.get(contradicted.get_absolute_url()))
    assert "Paid in May" in page and "What your company is asked" in page
    for hidden in ("Nobody got anything", "contradiction", "What would lift", "C at best", "of 100 points"):
        assert hidden not in page
    assert company.get(f"{contradicted.get_absolute_url()}sheet.pdf").status_code == 404
    assert company.get(f"{contradicted.get_absolute_url()}validate/").status_code == 403
    assert company.get(f"{contradicted.get_absolute_url()}answer/village/").status_code == 403
    assert "You are asked about it" in text(company.get(contradicted.concession.get_absolute_url()))
    listed = text(company.get(contradicted.round.get_absolute_url()))
    assert contradicted.concession.reference not in listed


def test_the_holder_answers_for_itself(visit, contradicted):
    address = f"{contradicted.get_absolute_url()}answer/company/"
    company = visit("company")
    assert "Fees and rent are paid" in text(company.get(address))
    sent = {"answer_dues": "late", "answer_fund": "", "answered_on": clock.today().isoformat(), "words": "In June"}
    assert company.post(address, sent).status_code == 302
    contradicted.refresh_from_db()
    assert contradicted.said["dues"] == {"company": 3, "government": 4}
    assert contradicted.answers.get(criterion__code="dues", respondent="company", is_current=True).position.code == "TREECO-representative"  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "other_district", "public", "citizen"])
def test_strangers_learn_not_even_that_there_is_one(visit, contradicted, who):
    browser = visit(who)
    for part in ("", "sheet.pdf", "validate/", "answer/company/", "settle/compensation/"):
        assert browser.get(f"{contradicted.get_absolute_url()}{part}").status_code == 404, part
    assert browser.get(reverse("concessions:assessments", args=[contradicted.concession.reference])).status_code == 404


def test_a_release_opens_the_grade_but_not_who_said_what(visit, assessed, stand, tell, opened):  # noqa: F811
    stand(assessed, reason="Seen in the files")
    tell(assessed, "company", {"compensation": "yes"}, words="Paid in May")
    tell(assessed, "village", {"compensation": "no"}, words="Nobody got anything")
    contradicted = assessed
    opened("basics", "judgement")
    assert "a new answer (Village)" in text(visit("inspector").get(contradicted.get_absolute_url()))
    page = text(visit().get(contradicted.get_absolute_url()))
    assert "With compensation unpaid it is a C at best." in page and "What would lift the grade" in page
    assert "Nobody got anything" not in page and "Paid in May" not in page and ">Village<" not in page
    assert "a new answer." in page and "(Village)" not in page and "Seen in the files" not in page
    told = visit().get(f"/api/v1/concessions/{contradicted.concession.reference}/assessments").json()["items"][0]
    assert (told["grade"], told["validated"], told["said"], told["answers"]) == ("C", "A", None, None)
    assert not [words for words in told["changed"] if "Village" in words]
    assert visit().get(f"{contradicted.get_absolute_url()}answer/government/").status_code in (302, 401, 403)


def test_an_officer_enters_settles_and_another_validates_on_the_pages(visit, contradicted):
    base = contradicted.get_absolute_url()
    district = visit("district")
    answers = {f"answer_{code}": said for code, said in OFFICE.items()} | {"answer_dues": "late"}
    assert (
        district.post(f"{base}answer/government/", answers | {"answered_on": clock.today().isoformat()}).status_code
        == 302
    )
    refused = text(visit("province").post(f"{base}validate/", {"digest": "x"}))
    assert "Something changed" in refused
    assert "compensation" in text(district.get(f"{base}settle/compensation/")).lower()
    assert "This field is required" in text(district.post(f"{base}settle/compensation/", {"points": "3"}))
    assert district.post(f"{base}settle/compensation/", {"points": "3", "reason": "Receipts"}).status_code == 302
    province = visit("province")
    page = text(province.get(f"{base}validate/"))
    digest = page.split('name="digest" value="')[1].split('"')[0]
    assert province.post(f"{base}validate/", {"digest": digest, "reason": "Seen"}).status_code == 302
    contradicted.refresh_from_db()
    assert (contradicted.state, contradicted.valid_grade) == ("validated", "A")
    assert "Validated as A" in text(province.get(base))


def test_a_round_is_begun_counted_narrowed_and_taken_along(visit, contradicted, cast):
    ministry = visit("ministry")
    page = text(ministry.get(contradicted.round.get_absolute_url()))
    assert contradicted.concession.reference in page
    assert contradicted.concession.reference not in text(
        ministry.get(f"{contradicted.round.get_absolute_url()}?grade=A")
    )
    assert contradicted.concession.reference in text(ministry.get(f"{contradicted.round.get_absolute_url()}?grade=C"))
    table = text(ministry.get(f"{contradicted.round.get_absolute_url()}?format=csv"))
    assert table.splitlines()[1].split(",")[0] == contradicted.concession.reference and "C at best" in table
    sent = {
        "name_lo": "ຮອບສອງ", "name_en": "Second round", "owner": "LAND", "version": "example-2026", "area": "DM",
        "sector": "tree_plantation", "opens_on": clock.today().isoformat(), "due_on": clock.today().isoformat(),
    }  # fmt: skip
    assert ministry.post(reverse("concessions:new_round"), sent).url.endswith("/second-round/")
    assert "Begin later" in text(ministry.post(reverse("concessions:new_round"), sent | {"opens_on": "2020-01-01"}))
    assert visit("company").get(reverse("concessions:new_round")).status_code == 403
    assert ministry.post(f"{contradicted.round.get_absolute_url()}fill/").status_code == 302
    assert visit("district").post(f"{contradicted.round.get_absolute_url()}close/").status_code == 403
    assert ministry.post(f"{contradicted.round.get_absolute_url()}close/").status_code == 302
    assert "closed" in text(ministry.get(reverse("concessions:rounds")))


def test_how_grades_come_about_is_open_to_everybody(visit):
    version = CriteriaVersion.objects.get()
    page = text(visit().get(version.get_absolute_url()))
    assert "Example, not confirmed" in page and "There is an environmental certificate" in page
    assert (
        "agreement: 4; decision: 3; none: 0" in page and "from 80 %: 4" in page and "a grave finding is open: 0" in page
    )
    assert "Without agreement or decision it is an E." in page


def test_the_sheet_is_printed(visit, contradicted):
    answer = visit("inspector").get(f"{contradicted.get_absolute_url()}sheet.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content[:4] == b"%PDF"


def test_lao_pages_speak_lao(visit, contradicted):
    page = text(visit("inspector", "lo").get(contradicted.get_absolute_url()))
    assert "ຈ່າຍຄ່າທົດແທນໃຫ້ປະຊາຊົນ" in page and "What would lift" not in page and "contradiction" not in page


def test_the_page_of_a_round_asks_no_more_for_more_concessions(
    visit,
    begin,  # noqa: F811
    granted,
    concession,
    django_assert_max_num_queries,
):
    for number in range(3):
        granted(10 + number, concession(f"Few {number}"))
    run = begin()
    browser = visit("inspector")
    text(browser.get(run.get_absolute_url()))
    with django_assert_max_num_queries(60) as few:
        text(browser.get(run.get_absolute_url()))
    for number in range(6):
        granted(30 + number, concession(f"More {number}"))
    wider = begin(
        name=Translated(lo="ອີກ", en="Wider"), sector=Term.objects.get(scheme="sector", code="tree_plantation")
    )
    with django_assert_max_num_queries(len(few)) as many:
        text(browser.get(wider.get_absolute_url()))
    assert len(many) <= len(few)


def test_programs_get_what_the_pages_show(visit, contradicted, cast):
    address = f"/api/v1/concessions/{contradicted.concession.reference}/assessments"
    office = visit("inspector").get(address).json()["items"][0]
    assert (office["grade"], office["state"], office["points"]["compensation"]) == ("C", "draft", 0)
    assert office["said"]["compensation"] == {"government": 4, "company": 4, "village:0101": 0}
    assert {each["words"] for each in office["answers"]} == {"", "Paid in May", "Nobody got anything"}
    holder = visit("company").get(address).json()["items"][0]
    assert [holder[name] for name in ("grade", "score", "points", "said", "reasons", "lifts")] == [None] * 6
    assert {each["respondent"] for each in holder["answers"]} == {"company"}
    assert visit("stranger").get(address).status_code == visit().get(address).status_code == 404

    rounds = visit("inspector").get("/api/v1/assessment-rounds").json()
    assert [each["slug"] for each in rounds["items"]] == [contradicted.round.slug]
    one = f"/api/v1/assessment-rounds/{contradicted.round.slug}"
    told = visit("inspector").get(one).json()
    assert (told["counts"], told["differing"]) == ({"C": 1}, 1) and told["items"][0][
        "concession"
    ] == contradicted.concession.reference
    assert visit("inspector").get(f"{one}?grade=A").json()["count"] == 0
    assert visit("inspector").get(f"{one}?differs=true").json()["count"] == 1
    assert "has answers that contradict" in text(visit("inspector").get(contradicted.round.get_absolute_url()))
    settle_difference(
        cast.actor("district"), contradicted, contradicted.round.version.criteria.get(code="compensation"), points=2, reason="Seen"
    )  # fmt: skip
    assert visit("inspector").get(f"{one}?differs=true").json()["count"] == 0
    assert visit("inspector").get(f"{one}?grade=Z").status_code == 422
    assert visit("company").get(one).json()["counts"] == {}
    assert visit().get(one).status_code == 404
    assert visit().get("/api/v1/assessment-rounds").json() == {"count": 0, "items": []}
    criteria = visit().get("/api/v1/assessment-criteria/example-2026").json()
    assert criteria["grades"][0] == ["A", 80] and len(criteria["criteria"]) == 16
    assert visit().get("/api/v1/assessment-criteria/none").status_code == 404


def test_the_list_is_narrowed_by_grade_only_where_grades_are_read(visit, assessed, stand, granted, concession, opened):  # noqa: F811
    stand(assessed)
    other = granted(20, concession("Not assessed"))
    mine = assessed.concession.reference

    def found(who, query):
        return {
            row["reference"]: row["grade"] for row in visit(who).get(f"/api/v1/concessions?{query}").json()["items"]
        }

    assert found("inspector", "grade=A") == {mine: "A"} and found("inspector", "grade=B") == {}
    assert found("inspector", "grade=never") == {other.reference: None}
    assert found("inspector", "grade=reopened") == {}
    assert found("company", "") == {mine: None, other.reference: None}
    assert found("company", "grade=A") == found("company", "grade=never") == {}
    opened("basics", "holder")
    assert set(found("public", "")) == {mine, other.reference} and found("public", "grade=A") == {}
    assert visit().get("/api/v1/concessions?grade=Q").status_code == 422
    assert assessed.get_absolute_url() in text(visit("inspector").get("/concessions/?grade=A"))
    assert assessed.get_absolute_url() not in text(visit("company").get("/concessions/"))
    holder = assessed.concession.grants.get().holder
    assert assessed.get_absolute_url() in text(visit("inspector").get(holder.get_absolute_url()))
    assert assessed.get_absolute_url() not in text(visit("company").get(holder.get_absolute_url()))


def test_the_board_counts_the_graded_for_those_who_read_grades(cast, assessed, begin, stand, opened):  # noqa: F811
    def graded(who):
        return {line.area.code: line.graded for line in completeness(cast.actor(who), cast.area("01")) if line.area}

    assert graded("inspector")["0101"] == 0
    stand(assessed)
    assert graded("inspector")["0101"] == 1
    opened("basics", "place", "hectares", "papers")
    assert graded("stranger")["0101"] == 0


def test_a_screening_tells_the_grades_of_what_the_holder_has(cast, assessed, stand, boundaries):  # noqa: F811
    stand(assessed)
    holder = assessed.concession.grants.get().holder
    asked = Asked(sector="tree_plantation", holder=holder.number)
    shape = GEOSGeometry(square(100.3).wkt, srid=4326)
    row = screen(cast.actor("district"), cast.organisation("LAND-D0101"), shape=shape, title="Trial", asked=asked)
    (found,) = [each for each in row.result if each["check"] == "holder"]
    assert found["figures"]["grades"] == {"A": 1}
    assert "Grades: A: 1." in said(found, Known({}, {}, {}, {}, {})).text


def titles(who, cast):
    return {str(row.title): row for row in desk_rows(cast.actor(who))}


def test_the_desk_tells_what_waits_for_whom(cast, assessed, tell, stand, visit):  # noqa: F811
    asked = titles("company", cast)["Yearly round"]
    assert (asked.due, asked.url) == (assessed.round.due_on, assessed.get_absolute_url())
    assert "1 concession" in asked.note
    assert "Grades to validate" in titles("province", cast)["Yearly round"].note
    assert titles("district", cast) == titles("stranger", cast) == titles("public", cast) == {}
    tell(assessed, "company", {"dues": "yes"}, who="company")
    assert titles("company", cast) == {}
    stand(assessed)
    assert titles("province", cast) == {}
    tell(assessed, "village", {"wages": "no"})
    assert titles("province", cast)["Grades opened again"].url.endswith("?grade=reopened")
    assert "Grades opened again" in text(visit("province").get("/desk/"))


def test_the_days_of_a_round_stand_in_the_calendar(cast, assessed):  # noqa: F811
    first, last = clock.today(), assessed.round.due_on
    assert [row.day for row in rounds_open(cast.actor("district"), first, last)] == [last]
    assert [str(row.title) for row in rounds_led(cast.actor("ministry"), first, last)] == ["Yearly round"]
    assert rounds_led(cast.actor("stranger"), first, last) == [] == rounds_open(cast.actor("public"), first, last)
    close_round(cast.actor("ministry"), assessed.round)
    assert rounds_open(cast.actor("district"), first, last) == []
