"""The register taken along as a file: each download is counted and stands in the history, told to who reads it all."""

import pytest

from sala.concessions.models import RegisterTaking
from sala.journal.models import Event

pytestmark = pytest.mark.django_db


def counted() -> dict[str, int]:
    return dict(RegisterTaking.objects.values_list("user_kind", "count"))


def test_each_download_is_counted_by_kind_of_user_and_journalled_with_how_it_was_narrowed(cast, visit, concession):
    concession()
    district = visit("district")
    for address in ("list.csv?sector=mining", "list.xlsx", "list.geojson", "list.gpkg", "land-matrix.zip"):
        answer = district.get(f"/concessions/{address}")
        assert answer.status_code == 200 and b"".join(answer.streaming_content), address
    b"".join(visit().get("/concessions/list.csv").streaming_content)
    assert counted() == {"official": 5, "public": 1}
    told = [event.content() for event in Event.objects.filter(subject_type="register-taking").order_by("pk")]
    assert [each["format"] for each in told] == ["csv", "xlsx", "geojson", "gpkg", "land-matrix", "csv"]
    assert told[0]["narrowed"] == {"sector": "mining"} and [each["concessions"] for each in told] == [0, 1, 1, 1, 1, 0]
    assert (
        Event.objects.filter(subject_type="register-taking").first().position_id
        == cast.position("LAND-D0101-concessions").pk
    )


def test_the_history_keeps_codes_and_not_what_somebody_typed(cast, visit, concession, tree_company):
    concession()
    asked = f"q=Somsak+Vong&place=0101&holder={tree_company.number}&state=&someone=Somsak&since=2024-02-01&order=name"
    assert visit("district").get(f"/concessions/list.csv?{asked}").status_code == 200
    wrong = visit().get("/concessions/list.csv?holder=Somsak+Vong&place=0101")
    assert wrong.status_code == 200
    first, second = [event.content() for event in Event.objects.filter(subject_type="register-taking").order_by("pk")]
    assert first["narrowed"] == {
        "q": "…", "place": "0101", "holder": tree_company.number, "since": "2024-02-01", "order": "name",
    }  # fmt: skip
    assert "narrowed" not in second and second["concessions"] == 0


def test_what_is_no_file_of_the_list_is_not_counted(cast, visit):
    browser = visit("district")
    assert browser.get("/concessions/list.pdf").status_code == 404
    assert browser.get("/concessions/columns.csv").status_code == browser.get("/concessions/").status_code == 200
    assert counted() == {}


def test_who_took_it_is_told_to_who_reads_the_whole_country(cast, visit, concession):
    b"".join(visit("district").get("/concessions/list.csv").streaming_content)
    page = visit("inspector").get("/concessions/taken/").content.decode()
    row = RegisterTaking.objects.get()
    assert "1 time in the last twelve months" in page and f"/journal/register-taking/{row.pk}/" in page
    assert visit("inspector").get(f"/journal/register-taking/{row.pk}/").status_code == 200
    for who in ("district", "company", "public"):
        assert visit(who).get("/concessions/taken/").status_code in (302, 401, 403), who
        assert visit(who).get(f"/journal/register-taking/{row.pk}/").status_code in (302, 401, 403, 404), who
    cashier = visit("cashier").get("/concessions/taken/")  # reads one province only
    assert cashier.status_code == 200 and "Nobody has taken" in cashier.content.decode()
