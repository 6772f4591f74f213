"""Two scenarios compared, kept, printed, sent and made again; analyses issued as official papers that anyone verifies."""

import pypdfium2
import pytest

from sala.documents.models import IssuedDocument
from sala.maps.models import Analysis
from sala.maps.operations.analyses import open_analysis

pytestmark = pytest.mark.django_db


@pytest.fixture
def scenarios(boundaries, slope, cover, visit):
    """Two suitabilities of province 01 over the same cells: slope weighs three times, then a third of, the land cover."""
    found = []
    for title, weights in (("Steep", ("3", "1")), ("Forest", ("1", "3"))):
        sent = {
            "title": title,
            "owner": "HEALTH-P01",
            "missing": "none",
            "limits": "0.25; 0.5; 0.75",
            "weighing": "hand",
        }
        for edition, method, numbers, weight in (
            (slope, "linear", "39; 0", weights[0]),
            (cover, "inside", "", weights[1]),
        ):
            sent |= {f"as_{edition.pk}": "criterion", f"method_{edition.pk}": method, f"numbers_{edition.pk}": numbers, f"weight_{edition.pk}": weight}  # fmt: skip
        visit("owner").post(f"/suitability/criteria/?place=01&cell=2000&use={slope.pk}&use={cover.pk}", sent)
        found.append(Analysis.objects.get(title=title))
    return found


def address_of(first, second) -> str:
    return f"/suitability/compare/?first={first.reference}&second={second.reference}"


@pytest.fixture
def kept(scenarios, visit):
    visit("owner").post(address_of(*scenarios), {"title": "Steep or forest", "owner": "HEALTH-P01"})
    return Analysis.objects.get(kind="comparison")


def words_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_the_differences_are_told_by_class_and_by_district_and_add_up(scenarios, visit):
    first, second = scenarios
    page = visit("owner").get(address_of(first, second))
    found = page.context["found"]
    assert [row["code"] for row in found["places"]] == ["0101", "0102"]
    for number, row in enumerate(found["rows"]):
        inside = [place["classes"][number] for place in found["places"]]
        assert row["more"] == pytest.approx(sum(cell["more"] for cell in inside), abs=0.05)
        assert row["first"] == pytest.approx(sum(each["hectares"][number] for each in first.result["rows"]), abs=0.05)
    assert abs(sum(row["more"] for row in found["rows"])) < 1 and any(abs(row["more"]) > 100 for row in found["rows"])
    html = page.content.decode()
    assert "Nongsai" in html and "0.75" in html and "0.25" in html and "differs" in html
    same = visit("owner").get(address_of(first, first)).context["found"]
    assert same["changed"] == 0 and all(row["more"] == 0 for row in same["rows"])


def test_a_comparison_is_kept_under_an_address_of_its_own_with_both_inputs(kept, scenarios, visit):
    first, second = scenarios
    assert kept.recipe == {"first": first.reference, "second": second.reference}
    assert {row.edition_id for row in kept.inputs.all()} == {row.edition_id for row in first.inputs.all()}
    html = visit("owner").get(kept.get_absolute_url()).content.decode()
    assert first.get_absolute_url() in html and kept.digest in html and "Invented for demonstration" in html
    assert "Only your own house can read it" in html and f"http://testserver{kept.get_absolute_url()}" in html
    picture = visit("owner").get(kept.get_absolute_url() + "files/picture.png")
    assert next(iter(picture.streaming_content)).startswith(b"\x89PNG")
    assert visit("stranger").get(kept.get_absolute_url()).status_code == 404
    assert visit("public").post(address_of(first, second), {"title": "x", "owner": "HEALTH-P01"}).status_code == 404
    assert Analysis.objects.filter(kind="comparison").count() == 1


def test_it_is_opened_no_further_than_the_two_that_it_compares(world, kept, scenarios, visit):
    assert visit("owner").post(kept.get_absolute_url() + "open/", {"tier": "public"}).status_code == 409
    for each in scenarios:
        open_analysis(world.actor("owner"), each, tier="public")
    visit("owner").post(kept.get_absolute_url() + "open/", {"tier": "public"})
    page = visit().get(kept.get_absolute_url())
    assert page.status_code == 200 and "also without signing in" in page.content.decode()


def test_made_again_it_is_the_same_to_the_last_digit(kept, visit):
    again = visit("owner").post(kept.get_absolute_url() + "again/", follow=True)
    assert "the same to the last digit" in again.content.decode() and Analysis.objects.count() == 3


def test_each_kind_is_printed_with_its_number_its_fingerprint_and_the_way_to_its_page(kept, scenarios, visit):
    for analysis in (kept, scenarios[0]):
        pdf = visit("owner").get(analysis.get_absolute_url() + "paper.pdf").content
        words = words_of(pdf)
        assert analysis.reference in words and analysis.digest in packed(words)
        assert f"testserver{analysis.get_absolute_url()}" in packed(words)
        assert "Invented for demonstration" in words and "Nongsai" in words


def packed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("which", ["comparison", "suitability", "here"])
def test_the_head_issues_it_as_an_official_paper_that_anyone_verifies(which, kept, scenarios, visit):
    visit("owner").post("/here/", {"place": "01", "keep": "1", "title": "Here", "owner": "HEALTH-P01"})
    analysis = Analysis.objects.filter(kind=which).first()
    page = analysis.get_absolute_url()
    assert "Issue as an official paper" not in visit("owner").get(page).content.decode()
    assert visit("owner").post(page + "issue/").status_code == 403
    assert visit("stranger").post(page + "issue/").status_code == 404 and not IssuedDocument.objects.exists()
    assert "Issue as an official paper" in visit("head").get(page).content.decode()
    visit("head").post(page + "issue/", {"": ""})
    paper = IssuedDocument.objects.get()
    assert (paper.subject_type, paper.subject_id, paper.kind, paper.is_invented) == (
        "analysis",
        analysis.pk,
        "report",
        True,
    )
    html = visit("owner").get(page).content.decode()
    assert paper.number in html and paper.get_absolute_url() in html
    checked = visit().get(f"/verify/{paper.number}/").content.decode()
    assert paper.number in checked
    for file in paper.files.all():
        content = b"".join(visit("head").get(f"{paper.get_absolute_url()}{file.language}.pdf").streaming_content)
        words = words_of(content)
        assert paper.number in words and "/verify/" in packed(words) and analysis.digest[:8] in packed(words)
    assert {file.language for file in paper.files.all()} == {"lo", "en"}
    refused = visit("head").post(page + "issue/", {"": ""}, follow=True)
    assert IssuedDocument.objects.count() == 1 and paper.number in refused.content.decode()
