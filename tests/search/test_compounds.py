"""The list of compounds comes from ICU's dictionary and nothing else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sala.search import compounds, icu_dictionary, words


@pytest.fixture(scope="module")
def dictionary():
    return icu_dictionary.words()


def test_the_dictionary_is_read_whole(dictionary):
    assert len(dictionary) > 30_000
    assert {"ນາ", "ພັດທະນາ", "ໂຮງຮຽນ"} <= set(dictionary)
    assert all("\u0e80" <= letter <= "\u0eff" or letter in "\u200c\u200d" for word in dictionary for letter in word)


def test_the_list_is_reckoned_when_it_is_not_there(dictionary, settings, tmp_path):
    settings.STATE = tmp_path
    words.compounds.cache_clear()
    try:
        assert len(words.compounds()) == len({word for word, _cut in compounds.found_in(dictionary)})
        assert [path.suffix for path in tmp_path.iterdir()] == [".txt"]
    finally:
        words.compounds.cache_clear()


def test_transparent_compounds_give_their_parts_and_fixed_words_do_not():
    known = words.compounds()
    assert {"ນາປີ", "ສັດລ້ຽງ", "ຄູສອນ", "ລ້ຽງປາ"} <= known.keys()
    assert not {"ພັດທະນາ", "ກົດໝາຍ", "ແກ້ໄຂ", "ພາສີ", "ອັດຕາ", "ຊື່ສັດ", "ອາກອນ"} & known.keys()


def test_a_whole_that_is_part_of_longer_entries_is_a_unit_and_keeps_its_parts():
    firsts, seconds = ([f"{stem}{letter}" for letter in "ກຂຄງຈສຊຍດຕ"] for stem in ("ບ້າ", "ດິ່ນ"))
    entries = [*firsts, *seconds, *(first + second for first in firsts for second in seconds)]
    whole = firsts[0] + seconds[0]
    assert compounds.Lexicon(entries).cuts(whole) == [len(firsts[0])]
    assert compounds.Lexicon([*entries, whole + "ຫຼັກ", "ຫຼັກ"]).cuts(whole) == []


def test_the_syllables_of_a_loan_are_no_words():
    firsts, seconds = (["ກາ", "ຂາ", "ຄາ", "ງາ", "ຈາ", "ສາ", "ຊາ", "ຍາ", "ດາ", "ຕາ"], ["ລີ", "ມີ", "ນີ", "ວີ", "ທີ", "ບີ", "ປີ", "ພີ", "ຟີ", "ຮີ"])  # fmt: skip
    entries = [*firsts, *seconds, *(first + second for first in firsts for second in seconds)]
    assert compounds.Lexicon(entries).cuts(firsts[0] + seconds[0]) == []


@pytest.mark.django_db
def test_the_command_reindexes_and_refuses_what_is_not_searched():
    told = StringIO()
    call_command("search", "reindex", "area", stdout=told)
    assert "objects can be found" in told.getvalue()
    with pytest.raises(CommandError, match="Not searched: person"):
        call_command("search", "reindex", "person")
