"""The Lao script: spellings that mean one word, sorting, line breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.core import lao

SAME = [
    ("ນ້ຳ", "ນໍ້າ"), ("ນ້ຳ", "ນ້ໍາ"), ("ຄຳ", "ຄໍາ"), ("ໜອງ", "ຫນອງ"), ("ໝູ່ບ້ານ", "ຫມູ່ບ້ານ"), ("ຫຼວງ", "ຫລວງ"),
    ("ແມ່", "ເເມ່"), ("ທີ່ດິນ", "ທ່ີດິນ"), ("ບ້ານ", "ບ້\u200bານ"), ("໒໐໒໔", "2024"), ("ປີ ໒໐", "ປີ  20"), ("GDP", "gdp"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_typing_a_word_give_one_key(one, other):
    assert lao.normalise(one) == lao.normalise(other)


@pytest.mark.parametrize(("one", "other"), [("ນາ", "ນ້າ"), ("ປາ", "ປ່າ"), ("ເຂົ້າ", "ເຂົາ"), ("ຂາວ", "ຂ່າວ")])
def test_words_that_differ_by_a_mark_stay_apart(one, other):
    assert lao.normalise(one) != lao.normalise(other)


@given(st.text(alphabet=st.characters(min_codepoint=0x0E80, max_codepoint=0x0EFF), max_size=40))
def test_a_key_is_its_own_key(text):
    assert lao.normalise(lao.normalise(text)) == lao.normalise(text)


def test_words_come_from_the_dictionary():
    assert lao.words("ການພັດທະນາທີ່ດິນ") == ["ການ", "ພັດທະນາ", "ທີ່ດິນ"]


def test_a_long_paragraph_can_be_broken_and_reads_the_same_without_the_marks():
    text = "ການພັດທະນາເສດຖະກິດ-ສັງຄົມແຫ່ງຊາດຂອງສາທາລະນະລັດຕົວຢ່າງ"
    broken = lao.break_lines(text)
    assert broken.count(lao.BREAK) >= 5 and broken.replace(lao.BREAK, "") == text


def test_sara_am_is_split_for_paper_and_means_the_same():
    assert "\u0eb3" not in lao.break_lines("ນ້ຳ") and lao.normalise(lao.break_lines("ນ້ຳ")) == lao.normalise("ນ້ຳ")


def test_clusters_hold_a_consonant_with_its_marks():
    assert lao.clusters(lao.normalise("ບ້ານ ນ້ຳ")) == [["ບ້າ", "ນ"], ["ນ້ໍາ"]]


@pytest.mark.django_db
def test_names_sort_as_a_lao_reader_expects():
    from sala.core.language import Translated, sorted_by
    from sala.core.models import Term

    names = ["ໄຊສົມບູນ", "ກຂ", "ເຊກອງ", "ຊຽງຂວາງ", "ບໍ່ແກ້ວ", "ຈຳປາສັກ"]
    for number, name in enumerate(names):
        Term.objects.create(scheme="sorting", code=str(number), name=Translated(lo=name))
    found = [term.name["lo"] for term in Term.objects.filter(scheme="sorting").order_by(sorted_by("name", "lo"))]
    assert found == ["ກຂ", "ຈຳປາສັກ", "ຊຽງຂວາງ", "ເຊກອງ", "ໄຊສົມບູນ", "ບໍ່ແກ້ວ"]
