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


def test_the_list_is_what_the_rule_gives(dictionary):
    assert words.COMPOUNDS.read_text(encoding="utf-8") == compounds.listed(dictionary), "run ./sala search compounds"


def test_transparent_compounds_give_their_parts_and_fixed_words_do_not():
    known = words.compounds()
    assert {"ນາປີ", "ສັດລ້ຽງ", "ຄູສອນ", "ລ້ຽງປາ"} <= known.keys()
    assert not {"ພັດທະນາ", "ກົດໝາຍ", "ແກ້ໄຂ", "ພາສີ", "ອັດຕາ", "ຊື່ສັດ", "ອາກອນ"} & known.keys()


def test_a_small_lexicon_shows_the_rule():
    """An entry that is part of others is a unit; its parts are not found in it."""
    native = [f"ປ່າ{number}" for number in "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມ"]
    lexicon = compounds.Lexicon(["ດົງ", *native, *(f"ດົງ{one}" for one in native), *(f"{one}ດົງ" for one in native)])
    assert lexicon.freedom("ດົງ") > compounds.FREE
    assert lexicon.cuts(f"ດົງ{native[0]}") == [3]
    assert lexicon.cuts("ດົງ") == []


@pytest.mark.django_db
def test_the_command_reindexes_and_refuses_what_is_not_searched():
    told = StringIO()
    call_command("search", "reindex", "area", stdout=told)
    assert "objects can be found" in told.getvalue()
    with pytest.raises(CommandError, match="Not searched: person"):
        call_command("search", "reindex", "person")
