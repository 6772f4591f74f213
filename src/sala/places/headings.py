"""What the columns of a list of facilities are called: the same for lists that go out and lists that come in."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sala.core import lao
from sala.core.language import Translated, languages
from sala.core.models import PackFact
from sala.places.queries.facilities import SYSTEMS

# key → its heading, and further words that lists use for it, in English; each is looked for in every language
LABELS = {
    "code": gettext_noop("Number in this register"),
    "kind": gettext_noop("Kind"),
    "names": gettext_noop("Other spellings"),
    "place": gettext_noop("Code of the place"),
    "place_name": gettext_noop("Village or place"),
    "district": gettext_noop("District or area above"),
    "opened_on": gettext_noop("Opened on"),
    "closed_on": gettext_noop("Closed on"),
    "longitude": gettext_noop("Longitude"),
    "latitude": gettext_noop("Latitude"),
    "accuracy_m": gettext_noop("Accuracy in metres"),
    "successor": gettext_noop("Who takes over its work"),
    "source": gettext_noop("Source"),
    "is_invented": gettext_noop("Invented for demonstration"),
}
NAME, CODE = "name_", "code_"  # before a language, before a code system
ALSO = {
    "code": ["facility", "facility code", "register number", "f code"],
    "kind": ["type", "facility type", "school type", "category", "ປະເພດ"],
    "name": ["name", "school name", "school", "name of school", "facility name", "title", "ຊື່", "ຊື່ໂຮງຮຽນ", "ຊື່ສຸກສາລາ"],
    "names": ["alias", "aliases", "other names", "ຊື່ອື່ນ"],
    "number": ["id", "number", "no code", "school code", "school id", "emis", "emis code", "org unit id", "ລະຫັດ", "ລະຫັດໂຮງຮຽນ", "ເລກທະບຽນ"],
    "place": ["place code", "village code", "vill code", "area code", "ລະຫັດບ້ານ"],
    "place_name": ["place", "village", "village name", "vill", "area", "location", "ບ້ານ", "ຊື່ບ້ານ"],
    "district": ["district", "district name", "parent", "ເມືອງ", "ຊື່ເມືອງ"],
    "opened_on": ["opened", "open", "opening date", "founded", "year opened", "since", "ປີສ້າງ", "ວັນທີເປີດ"],
    "closed_on": ["closed", "closing date", "ວັນທີປິດ"],
    "longitude": ["lon", "long", "lng", "x", "gps longitude"],
    "latitude": ["lat", "y", "gps latitude"],
    "accuracy_m": ["accuracy", "gps accuracy", "precision"],
    "source": ["source", "ແຫຼ່ງຂໍ້ມູນ"],
}  # fmt: skip


def name_heading(language: str) -> str:
    return f"{NAME}{language}"


def code_heading(system: str) -> str:
    return f"{CODE}{system}"


def system_names() -> dict[str, Translated]:
    """Code systems of facilities, as the country pack names them."""
    return {entry["code"]: Translated(entry["name"]) for entry in PackFact.get(SYSTEMS) or []}


def label_of(key: str) -> str:
    """The heading of a column in the reader's language."""
    if key.startswith(NAME):
        return _("Name (%(language)s)") % {"language": key.removeprefix(NAME)}
    if key.startswith(CODE):
        system = key.removeprefix(CODE)
        return str(system_names().get(system) or system)
    return _(LABELS[key]) if key in LABELS else key


def known_headings() -> dict[str, str]:
    """Every way to call a column, folded → its key; "number" stands for a code of whichever system is asked about."""
    found: dict[str, str] = {}
    for key, words in ALSO.items():
        for word in words:
            found.setdefault(folded(word), key)
    keys = [*LABELS, *map(name_heading, languages()), *map(code_heading, system_names())]
    for language in languages():
        with translation.override(language):
            for key in keys:
                found[folded(label_of(key))] = key
    for key in keys:
        found[folded(key)] = key
    return found


def folded(text: str) -> str:
    """A heading without signs, spaces and case."""
    return "".join(sign for sign in lao.normalise(text) if sign.isalnum() or lao.has_lao(sign))
