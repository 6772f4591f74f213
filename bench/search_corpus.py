"""A large synthetic corpus for the search benchmark: objects with Lao and English texts of about 200 characters.

Words follow the usual long tail, so that queries of every band of hits exist. Names come from the demonstration pack.
Nothing here is a real record.
"""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from sala.core.language import Translated
from sala.search.entries import Entry
from sala.search.operations import Found
from sala.search.readers import Readers

PACK = Path(__file__).resolve().parent.parent / "packs" / "demo"
ENGLISH = [
    "annual",
    "report",
    "survey",
    "district",
    "province",
    "village",
    "household",
    "water",
    "supply",
    "irrigation",
    "rice",
    "field",
    "harvest",
    "yield",
    "forest",
    "cover",
    "concession",
    "land",
    "use",
    "map",
    "road",
    "bridge",
    "school",
    "teacher",
    "pupil",
    "enrolment",
    "health",
    "centre",
    "hospital",
    "nurse",
    "vaccine",
    "disease",
    "nutrition",
    "child",
    "women",
    "population",
    "census",
    "budget",
    "revenue",
    "tax",
    "fee",
    "licence",
    "permit",
    "decree",
    "law",
    "decision",
    "article",
    "ministry",
    "department",
    "office",
    "agency",
    "committee",
    "plan",
    "programme",
    "project",
    "indicator",
    "statistics",
    "dataset",
    "table",
    "price",
    "market",
    "trade",
    "export",
    "import",
    "tourism",
    "river",
    "dam",
    "power",
    "energy",
    "electricity",
    "mine",
    "gold",
    "copper",
    "labour",
    "wage",
    "worker",
    "training",
    "youth",
    "poverty",
    "food",
    "security",
    "disaster",
    "flood",
    "drought",
    "storm",
    "climate",
    "temperature",
    "rain",
    "soil",
    "fertiliser",
    "seed",
    "livestock",
    "cattle",
    "buffalo",
    "pig",
    "poultry",
    "fish",
    "pond",
    "timber",
    "rubber",
    "coffee",
    "maize",
    "cassava",
    "sugar",
]
LAO = [
    "ບົດລາຍງານ",
    "ປະຈຳປີ",
    "ການສຳຫຼວດ",
    "ເມືອງ",
    "ແຂວງ",
    "ບ້ານ",
    "ຄົວເຮືອນ",
    "ນ້ຳ",
    "ຊົນລະປະທານ",
    "ເຂົ້າ",
    "ນາ",
    "ຜົນຜະລິດ",
    "ປ່າໄມ້",
    "ສຳປະທານ",
    "ທີ່ດິນ",
    "ແຜນທີ່",
    "ຖະໜົນ",
    "ຂົວ",
    "ໂຮງຮຽນ",
    "ຄູ",
    "ນັກຮຽນ",
    "ສຸຂະພາບ",
    "ໂຮງໝໍ",
    "ພະຍາບານ",
    "ວັກຊີນ",
    "ພະຍາດ",
    "ໂພຊະນາການ",
    "ເດັກ",
    "ແມ່ຍິງ",
    "ປະຊາກອນ",
    "ງົບປະມານ",
    "ລາຍຮັບ",
    "ອາກອນ",
    "ຄ່າທຳນຽມ",
    "ໃບອະນຸຍາດ",
    "ດຳລັດ",
    "ກົດໝາຍ",
    "ຂໍ້ຕົກລົງ",
    "ມາດຕາ",
    "ກະຊວງ",
    "ພະແນກ",
    "ຫ້ອງການ",
    "ຄະນະກຳມະການ",
    "ແຜນການ",
    "ໂຄງການ",
    "ຕົວຊີ້ວັດ",
    "ສະຖິຕິ",
    "ຂໍ້ມູນ",
    "ຕາຕະລາງ",
    "ລາຄາ",
    "ຕະຫຼາດ",
    "ການຄ້າ",
    "ສົ່ງອອກ",
    "ນຳເຂົ້າ",
    "ການທ່ອງທ່ຽວ",
    "ແມ່ນ້ຳ",
    "ເຂື່ອນ",
    "ພະລັງງານ",
    "ໄຟຟ້າ",
    "ບໍ່ແຮ່",
    "ຄຳ",
    "ທອງແດງ",
    "ແຮງງານ",
    "ຄ່າຈ້າງ",
    "ກຳມະກອນ",
    "ຝຶກອົບຮົມ",
    "ຊາວໜຸ່ມ",
    "ຄວາມທຸກຍາກ",
    "ສະບຽງອາຫານ",
    "ໄພພິບັດ",
    "ນ້ຳຖ້ວມ",
    "ໄພແຫ້ງແລ້ງ",
    "ພາຍຸ",
    "ອຸນຫະພູມ",
    "ຝົນ",
    "ດິນ",
    "ປຸຍ",
    "ແນວພັນ",
    "ສັດລ້ຽງ",
    "ງົວ",
    "ຄວາຍ",
    "ໝູ",
    "ສັດປີກ",
    "ປາ",
    "ໜອງ",
    "ໄມ້",
    "ຢາງພາລາ",
    "ກາເຟ",
    "ສາລີ",
    "ມັນຕົ້ນ",
    "ອ້ອຍ",
    "ແລະ",
    "ຂອງ",
    "ໃນ",
    "ສຳລັບ",
    "ຕາມ",
]
KINDS = {
    "dataset": ["dataset", "series"],
    "document": ["law", "decree", "report", "plan", "notice"],
    "service": ["permit", "registration"],
}
TOPICS = [f"topic-{number}" for number in range(20)]
OWNERS = 120
AREAS_BELOW = (18, 8)  # provinces, districts of each


def entries(number: int, seed: int = 7) -> Iterator[Found]:
    """So many objects ready to be indexed; the same ones for the same seed."""
    chance = random.Random(seed)
    names_lo, names_en = _names()
    lao, english = _Words(LAO + names_lo, chance), _Words(ENGLISH + names_en, chance)
    for pk in range(1, number + 1):
        yield _found(pk, chance, lao, english)


def areas() -> Iterator[Found]:
    """The tree of places that the objects lie in: ids 1, 1xx and 1xxyy."""
    yield _area(1, [1], "00", "country")
    for province in range(1, AREAS_BELOW[0] + 1):
        outer = 100 + province
        yield _area(outer, [1, outer], f"{province:02}", "province")
        for district in range(1, AREAS_BELOW[1] + 1):
            pk = outer * 100 + district
            yield _area(pk, [1, outer, pk], f"{province:02}{district:02}", "district")


class _Words:
    """Draws words with frequencies that fall with their rank."""

    def __init__(self, words: list[str], chance: random.Random):
        self.words, self.chance = words[:], chance
        chance.shuffle(self.words)
        self.sums = list(accumulate(1 / (rank + 4) ** 1.1 for rank in range(len(self.words))))

    def draw(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.sums, k=count)


def _names() -> tuple[list[str], list[str]]:
    with (PACK / "areas.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return [row["name_lo"] for row in rows], [row["name_en"] for row in rows]


def _found(pk: int, chance: random.Random, lao: _Words, english: _Words) -> Found:
    noun = chance.choice(list(KINDS))
    owner = chance.randint(1, OWNERS)
    outer = 100 + chance.randint(1, AREAS_BELOW[0])
    area = outer * 100 + chance.randint(1, AREAS_BELOW[1])
    tier = chance.choices(["public", "government", "own"], [80, 15, 5])[0]
    dated = date(2015, 1, 1) + timedelta(days=chance.randint(0, 4000))
    title = Translated(lo="".join(lao.draw(4)), en=" ".join(english.draw(5)).capitalize())
    body = Translated(lo=" ".join("".join(lao.draw(8)) for _sentence in range(4)), en=" ".join(english.draw(28)))
    audiences = {"public": ["public"], "government": ["gov"], "own": []}[tier]
    readers = Readers([*audiences, f"o{owner}", "a1", f"a{outer}", f"a{area}"], [f"o{owner}"])
    return Found(noun, pk, Entry(
        title=title, body=body, url=f"/{noun}s/{pk}/", kind=chance.choice(KINDS[noun]), codes=[f"{noun[:2]}-{pk}"],
        topics=chance.sample(TOPICS, chance.randint(1, 2)), owner_id=owner,
        owner={"lo": f"ຫ້ອງການ {owner}", "en": f"Office {owner}"}, areas=[1, outer, area],
        place={"en": f"Area {area}"}, tier=tier, year=dated.year, dated=dated,
    ), readers)  # fmt: skip


def _area(pk: int, within: list[int], code: str, level: str) -> Found:
    return Found("area", pk, Entry(
        title=Translated(lo=f"ເຂດ {code}", en=f"Area {code}"), url=f"/places/{code}/", kind=level, codes=[code],
        areas=within, tier="public",
    ), Readers(["public"], []))  # fmt: skip
