"""Words are marked where they stand, and nothing of a stored text reaches the page as markup."""

import pytest

from sala.access.actor import public
from sala.search import marks
from sala.search.filters import Filters
from sala.search.queries import find
from sala.search.question import ask
from tests.search.conftest import NOUN

pytestmark = pytest.mark.django_db


def shown(text: str, typed: str) -> str:
    return marks.marked(text, marks.spans(text, ask(typed)))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("ຂໍ້ມູນ ນໍ້າປະປາ ໃໝ່", "ນ້ຳປະປາ", "ຂໍ້ມູນ <mark>ນໍ້າປະປາ</mark> ໃໝ່"),
        ("ສົ່ງເສີມ ກະສິ ກຳ ແບບຍືນຍົງ", "ກະສິກຳ", "ສົ່ງເສີມ <mark>ກະສິ ກຳ</mark> ແບບຍືນຍົງ"),
        ("ງົບ\u200bປະ\u200bມານ 2024", "ງົບປະມານ", "<mark>ງົບ\u200bປະ\u200bມານ</mark> 2024"),
        ("ການເຮັດນາປີ", "ນາ", "ການເຮັດ<mark>ນາ</mark>ປີ"),
        ("ແຜນພັດທະນາ", "ນາ", "ແຜນພັດທະນາ"),
        ("ມາດຕາ ໒໕ ແລະ ໒໖", "ມາດຕາ 25", "<mark>ມາດຕາ</mark> <mark>໒໕</mark> ແລະ ໒໖"),
        ("Surveys of Cafés", "survey cafe", "<mark>Surveys</mark> of <mark>Cafés</mark>"),
        ("Households", "househ", "<mark>Households</mark>"),
        ("a < b & survey", "survey", "a &lt; b &amp; <mark>survey</mark>"),
    ],
)
def test_words_are_marked_as_they_are_written(text, typed, expected):
    assert shown(text, typed) == expected


HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> \"quoted\" 'survey' </mark><mark> &lt;b&gt;"


def test_hostile_titles_and_texts_are_shown_as_text(put, visit):
    put(HOSTILE, body=HOSTILE * 5, pages=[(1, "en", HOSTILE)])
    item = find(public(), "survey", Filters(noun=NOUN)).items[0]
    for html in (item.title, item.snippet, item.pages[0].snippet):
        bare = html.replace("<mark>survey</mark>", "")
        assert "<" not in bare and "&lt;script&gt;" in bare
    assert item.plain_title == HOSTILE
    page = visit().get("/search/", {"q": "survey <script>", "noun": NOUN}).content.decode()
    assert "<script>alert" not in page and "onerror=alert(1)&gt;" in page


def test_a_snippet_shows_the_passage_with_the_words(put):
    text = "nothing here " * 60 + "the quoll was counted in the quoll survey " + "nothing there " * 60
    put("Title", body=text)
    snippet = find(public(), "quoll", Filters(noun=NOUN)).items[0].snippet
    assert snippet.count("<mark>quoll</mark>") == 2
    assert snippet.startswith("… ") and snippet.endswith(" …") and len(snippet) < 300


def test_a_snippet_of_unbroken_lao_text_cuts_between_letters_that_belong_together():
    text = "ກົດໝາຍວ່າດ້ວຍປ່າໄມ້" * 60 + "ຊ້າງ" + "ຂໍ້ມູນຂ່າວສານ" * 60
    snippet = marks.snippet(text, marks.spans(text, ask("ຊ້າງ")))
    assert "<mark>ຊ້າງ</mark>" in snippet
    assert len(snippet) < 260
    bare = snippet.removeprefix("… ").removesuffix(" …")
    assert bare[0] not in "\u0eb1\u0eb4\u0eb5\u0eb6\u0eb7\u0eb8\u0eb9\u0ebb\u0ebc\u0ec8\u0ec9\u0eca\u0ecb\u0ecc\u0ecd"


def test_the_passage_is_in_the_readers_language_if_the_words_stand_there_and_says_when_not(put):
    put({"lo": "ບົດລາຍງານ", "en": "Report"}, body={"lo": "ກ່ຽວກັບ potoroo", "en": "About the potoroo"})
    put({"lo": "ມີແຕ່ພາສາລາວ"}, body={"lo": "bettong"})
    for language in ("lo", "en"):
        item = find(public(), "potoroo", language=language).items[0]
        assert (item.title_language, item.snippet_language) == (language, language)
        item = find(public(), "bettong", language=language).items[0]
        assert (item.title_language, item.snippet_language) == ("lo", "lo")


def test_a_longest_text_is_read_without_delay_and_without_marks_beyond_reach():
    assert marks.spans("x " * 200_000 + "quoll", ask("quoll")) == []
