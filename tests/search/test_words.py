"""Words as people type them, in Lao and in English."""

from datetime import date

import pytest

from sala.access.actor import public
from sala.search import hits
from sala.search.filters import Filters
from sala.search.queries import find
from sala.search.results import Results
from tests.search.conftest import NOUN

pytestmark = pytest.mark.django_db


def things(typed: str, **narrowing) -> Results:
    """What the public finds among the objects of this test."""
    return find(public(), typed, Filters(noun=NOUN, **narrowing))


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("ນ້ຳປະປາ", "ນໍ້າປະປາ"),
        ("ນ້ຳປະປາ", "ນ້ໍາປະປາ"),
        ("ໜັງສື", "ຫນັງສື"),
        ("ກົດໝາຍ", "ກົດຫມາຍ"),
        ("ຕະຫຼາດ", "ຕະຫລາດ"),
        ("ແຜນທີ່", "ເເຜນທີ່"),
        ("ທີ່ດິນ", "ທ່ີດິນ"),
        ("ງົບປະມານ", "ງົບ\u200bປະ\u200bມານ"),
        ("ກະສິ ກຳ", "ກະສິກຳ"),
        ("ມາດຕາ ໒໕", "ມາດຕາ 25"),
        ("ມາດຕາ 25", "ມາດຕາ ໒໕"),
    ],
)
def test_accepted_spellings_of_a_word_find_each_other(put, urls, written, typed):
    address = put({"lo": f"ວ່າດ້ວຍ {written} ຂອງບ້ານ"})
    put({"lo": "ຂວັນ"})
    assert urls(things(typed)) == [address]


def test_a_word_is_not_found_inside_another(put, urls):
    field = put({"lo": "ການເຮັດນາປີ"})
    put({"lo": "ແຜນພັດທະນາ ແລະ ທະນາຄານ"})
    assert urls(things("ນາ")) == [field]


def test_words_cut_otherwise_by_the_dictionary_are_found_by_their_letters(put, urls):
    """The text reads to-elect as one word and cuts before the last part; the question is a single word."""
    address = put({"lo": "ສິດໃນການເລືອກຕັ້ງຂອງພົນລະເມືອງ"})
    assert urls(things("ເລືອກຕັ້ງ")) == [address]


def test_adjacent_words_are_a_phrase_and_spaced_words_are_not(put, urls):
    near = put({"lo": "ໂຮງຮຽນປະຖົມໃໝ່"})
    apart = put({"lo": "ປະຖົມ ແລະ ໂຮງຮຽນອື່ນ"})
    assert urls(things("ໂຮງຮຽນປະຖົມ")) == [near]
    assert set(urls(things("ໂຮງຮຽນ ປະຖົມ"))) == {near, apart}


def test_a_part_of_a_compound_is_next_to_the_word_that_its_end_meets(put, urls):
    """Land and rice field, both compounds: the end of the one and the beginning of the other meet, nothing else does."""
    address = put({"lo": "ທີ່ດິນນາປີ"})
    meeting, not_meeting = things("ດິນນາ"), things("ດິນປີ")
    assert (urls(meeting), meeting.how) == ([address], "all")
    assert (urls(not_meeting), not_meeting.how) == ([address], "apart")


def test_three_words_typed_together_stand_together_and_not_two_by_two(put, urls):
    whole = put({"lo": "ໂຮງຮຽນປະຖົມໃໝ່ຂອງບ້ານ"})
    by_two = put({"lo": "ໂຮງຮຽນປະຖົມ ແລະ ປະຖົມໃໝ່"}, body={"lo": "ໃໝ່ຂອງບ້ານ"})
    assert urls(things("ໂຮງຮຽນປະຖົມໃໝ່")) == [whole]
    assert set(urls(things("ປະຖົມໃໝ່"))) == {whole, by_two}
    nowhere = things("ໂຮງຮຽນໃໝ່ຂອງບ້ານ")
    assert (set(urls(nowhere)), nowhere.how) == ({whole, by_two}, "apart")


def test_a_phrase_on_a_page_is_found_where_it_stands_together(put, urls):
    address = put("Annual plan", noun="paper", pages=[
        (1, "lo", "ໂຮງຮຽນປະຖົມຂອງເມືອງ"), (2, "lo", "ປະຖົມ ແລະ ໂຮງຮຽນອື່ນ"),
    ])  # fmt: skip
    together, anywhere = find(public(), "ໂຮງຮຽນປະຖົມ"), find(public(), "ໂຮງຮຽນ ປະຖົມ")
    assert urls(together) == urls(anywhere) == [address]
    assert [page.number for page in together.items[0].pages] == [1]
    assert {page.number for page in anywhere.items[0].pages} == {1, 2}


def test_english_is_stemmed_folded_and_completed(put, urls):
    address = put("Surveys of the Café growers' households")
    for typed in ["survey", "cafe", "CAFÉ", "growing household", "househ", "the survey of cafe"]:
        assert urls(things(typed)) == [address], typed
    assert urls(things("urvey")) == []
    assert urls(things("ho")) == []


def test_words_of_both_languages_must_all_match(put, urls):
    both = put({"lo": "ບົດລາຍງານ ນ້ຳປະປາ", "en": "Report on tap water"})
    put({"lo": "ບົດລາຍງານ ຖະໜົນ", "en": "Report on roads"})
    assert urls(things("water ບົດລາຍງານ")) == [both]


def test_with_no_hit_for_all_words_any_of_them_will_do_and_it_is_said(put, urls):
    roads = put("Report on roads")
    results = things("roads zebra")
    assert (urls(results), results.how) == ([roads], "any")
    assert things("roads").how == "all"


def test_a_phrase_that_stands_nowhere_falls_back_to_its_words(put, urls):
    address = put({"lo": "ປະຖົມ ຫຼື ໂຮງຮຽນ"})
    results = things("ໂຮງຮຽນປະຖົມ")
    assert (urls(results), results.how) == ([address], "apart")


def test_a_number_or_code_typed_exactly_comes_first(put, urls):
    mention = put("Decree 315/PM and its annexes, decree 315 PM explained", body="315 PM " * 5)
    decree = put("On land", codes=["315/PM", "on-land"])
    for typed in ["315/PM", "315 pm", "315/pm", "on-land"]:
        assert urls(things(typed))[0] == decree, typed
    assert mention in urls(things("315/PM"))


def test_an_area_code_leads_to_the_area(world, urls):
    assert urls(find(public(), "0101"))[0] == world.area("0101").get_absolute_url()


def test_the_title_weighs_more_than_the_text_and_newer_comes_first_on_a_tie(put, urls):
    in_text = put("Something else", body="kangaroo " * 9, dated=date(2025, 1, 1))
    old = put("Kangaroo", dated=date(2001, 1, 1))
    new = put("The kangaroo", dated=date(2020, 1, 1))
    assert urls(things("kangaroo")) == [old, new, in_text]  # the whole title first, then by rank
    twins = [put("Bandicoot census", dated=date(year, 1, 1)) for year in (2010, 2012)]
    assert urls(things("bandicoot")) == twins[::-1]
    assert urls(things("kangaroo", sort="newest")) == [in_text, new, old]


@pytest.mark.parametrize(
    "typed", ["'", "\\", "' | '", "a:*", "!(", "<->", "\x00", "%s", "ໆ", "ໆໆ", "່", "\u200b", "  ", "-", "x" * 5000]
)
def test_no_typing_breaks_the_search(put, typed):
    put("Plain")
    assert things(typed).count >= 0


def test_pages_of_a_document_are_found_and_named_with_their_number(put, urls):
    address = put("Annual plan", noun="paper", pages=[
        (1, "en", "Foreword"), (7, "en", "The platypus is protected."), (9, "lo", "ປ່າສະຫງວນຂອງເມືອງ"),
    ])  # fmt: skip
    put("Another plan")
    results = find(public(), "platypus")
    assert urls(results) == [address]
    assert [(page.number, page.url) for page in results.items[0].pages] == [(7, f"{address}?text=en#page-7")]
    assert "<mark>platypus</mark>" in results.items[0].pages[0].snippet
    assert [page.number for page in find(public(), "ປ່າສະຫງວນ").items[0].pages] == [9]
    assert results.count == 1, "a document counts once, however many of its pages match"


def test_of_a_word_that_stands_nearly_everywhere_the_best_are_still_shown_first(put, urls, monkeypatch):
    """Counting stops, ranking does not look at all: exact titles, then the word in the title, then the newest."""
    monkeypatch.setattr(hits, "COUNTED", 10)
    exact = put("Numbat", dated=date(2001, 1, 1))
    titled = put("The numbat and others", dated=date(2002, 1, 1))
    rest = [put(f"Thing {year}", body="numbat", dated=date(year, 1, 1)) for year in range(2003, 2026)]
    hidden = put("Numbat hidden", audiences=["o999999"], dated=date(2026, 1, 1))
    for _again in range(2):  # the second time from the counts that were kept
        results = things("numbat")
        assert (results.count, results.count_is_capped) == (10, True)
        assert urls(results)[:2] == [exact, titled]
        assert urls(results)[2:] == rest[: -len(results.items) + 1 : -1]
        assert hidden not in urls(results)
        assert urls(things("numbat", sort="newest"))[:3] == rest[:-4:-1]
