"""Requests that nobody sends in good faith are answered in words: no failure of ours, nothing kept, nothing run."""

import re

import pytest

from sala.catalogue.models import Dataset
from sala.core.models import Term
from sala.people.models import Organisation

pytestmark = pytest.mark.django_db

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
HUGE = "9" * 30


@pytest.mark.parametrize("value", ["\x00", HUGE, SCRIPT, "..%2f..%2fetc%2fpasswd", "' or 1=1 --", "\u202e\ufeff"])
@pytest.mark.parametrize("address", [
    "/datasets/?owner={}&topic={}&state={}&page={}", "/documents/?q={}&kind={}&place={}&year={}&issuer={}", "/search/?q={}&place={}",
    "/directory/?q={}&place={}&topic={}&post={}", "/calls/?q={}&kind={}&state={}", "/duties/?place={}&office={}&noun={}&kind={}",
    "/api/v1/datasets?owner={}&place={}", "/api/v1/datasets?page={}", "/api/v1/places?level={}&parent={}", "/api/v1/documents?q={}&place={}",
    "/api/v1/organisations?area={}&kind={}", "/api/v1/organisations?page={}", "/api/v1/search?q={}&bbox={}", "/api/v1/rules?kind={}&key={}",
    "/places/{}/", "/datasets/{}/", "/documents/{}/", "/verify/{}/", "/api/v1/places/{}", "/api/v1/datasets/{}", "/api/v1/documents/{}",
])  # fmt: skip
def test_any_value_in_any_address_is_answered(visit, address, value):
    browser = visit("owner")
    path, _mark, query = address.partition("?")
    names = re.findall(r"(\w+)=\{\}", query)
    answer = browser.get(path.format(value.replace("/", "")), dict.fromkeys(names, value))
    assert answer.status_code in (200, 400, 403, 404, 422), answer.status_code
    if answer["Content-Type"].startswith("text/html"):
        assert "<script>alert" not in answer.content.decode() and "<img src=x" not in answer.content.decode()
    else:
        assert "json" in answer["Content-Type"] and answer["X-Content-Type-Options"] == "nosniff"


def test_hostile_words_in_every_field_of_a_record_are_shown_as_words(world, visit):
    owner = visit("owner")
    reason = Term.objects.filter(scheme="restriction").first().pk
    sent = {"title_lo": "ຊຸດ" + SCRIPT, "title_en": SCRIPT, "description_lo": SCRIPT, "source_note_lo": SCRIPT, "slug": "hostile",
            "place": "01", "tier": "own", "restriction": reason, "legal_clause": SCRIPT[:60], "grace_days": "90"}  # fmt: skip
    assert owner.post("/datasets/new/", sent).status_code == 302
    owner.post("/datasets/hostile/parts/new/", {"code": "table", "name_lo": SCRIPT, "name_en": SCRIPT})
    found = Dataset.objects.get(slug="hostile")
    pages = ["/datasets/hostile/", "/datasets/hostile/edit/", "/datasets/", f"/journal/dataset/{found.pk}/", "/datasets/hostile/table/send/",
             "/search/?q=script", f"/duties/new/?subject=dataset:{found.pk}", "/places/01/", "/organisations/HEALTH-P01/"]  # fmt: skip
    for page in pages:
        text = owner.get(page).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, page
    assert visit("colleague").get(f"/sharing/dataset/{found.pk}/").content.decode().count("<script>") == 0


def test_an_address_that_runs_a_script_is_no_web_address(world, visit):
    before = Organisation.objects.get(code="HEALTH-P01").website
    answer = visit("admin").post(
        "/organisations/HEALTH-P01/edit/", {"name_lo": "ຫ້ອງການ", "website": "javascript:alert(1)"}
    )
    assert answer.status_code in (200, 403) and Organisation.objects.get(code="HEALTH-P01").website == before


def test_a_text_with_a_nul_through_the_api_is_refused_and_nothing_changes(visit, world):
    owner = visit("owner")
    sent = {"title_lo": "ຊຸດ", "slug": "plain", "place": "01", "tier": "own", "grace_days": "90",
            "restriction": Term.objects.filter(scheme="restriction").first().pk}  # fmt: skip
    owner.post("/datasets/new/", sent)
    answer = owner.patch("/api/v1/datasets/plain", {"title": {"lo": "a\x00b"}}, content_type="application/json")
    assert answer.status_code == 422 and Dataset.objects.get(slug="plain").title["lo"] == "ຊຸດ"
