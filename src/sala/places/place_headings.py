"""What the columns of a list of places are called, and which column of a list is what.

Words of the levels come from the country pack: in a list of villages "District", "District code" and their counterparts in the
country's language name the area above.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sala.core.language import Translated, languages
from sala.core.models import PackFact
from sala.places.headings import CODE, NAME, code_heading, folded, name_heading
from sala.places.lists import FacilityList, language_of
from sala.places.models import Level

LABELS = {
    "code": gettext_noop("Code in this register"),
    "names": gettext_noop("Other spellings"),
    "parent_code": gettext_noop("Code of the area above"),
    "parent": gettext_noop("Area above"),
    "above": gettext_noop("Area above that one"),
    "valid_from": gettext_noop("Exists since"),
    "longitude": gettext_noop("Longitude"),
    "latitude": gettext_noop("Latitude"),
    "source": gettext_noop("Source"),
}
ALSO = {
    "any_name": ["name", "title", "ຊື່"],
    "any_code": ["code", "id", "number", "ລະຫັດ", "ເລກລະຫັດ"],
    "names": ["alias", "aliases", "other names", "ຊື່ອື່ນ"],
    "parent": ["parent", "belongs to"],
    "parent_code": ["parent code", "parent id"],
    "longitude": ["lon", "long", "lng", "x", "gps longitude"],
    "latitude": ["lat", "y", "gps latitude"],
    "valid_from": ["valid from", "since", "founded", "from"],
    "source": ["source", "ແຫຼ່ງຂໍ້ມູນ"],
}  # fmt: skip
# the same of a list of changes: which place it is now, and what becomes of it
CHANGE_LABELS = {
    "code": gettext_noop("Code in this register"),
    "now": gettext_noop("Name now"),
    "above_now": gettext_noop("Area above now"),
    "change": gettext_noop("What changes"),
    "parent_code": gettext_noop("Code of the new area above"),
    "parent": gettext_noop("New area above"),
    "above": gettext_noop("Area above that one"),
    "into": gettext_noop("Place that takes it in"),
    "on": gettext_noop("From which day"),
    "decision": gettext_noop("Decision"),
}
CHANGES_ALSO = {
    "now": ["name", "old name", "current name", "former name", "ຊື່", "ຊື່ເກົ່າ"],
    "any_name": ["new name"],
    "any_code": ["code", "id", "number", "ລະຫັດ", "ເລກລະຫັດ"],
    "change": ["change", "kind of change"],
    "parent": ["new parent", "moves to", "belongs to from then on"],
    "into": ["into", "merged into", "successor"],
    "on": ["day", "date", "on", "from", "valid from", "ວັນທີ"],
    "decision": ["document", "decree", "order", "ເອກະສານ", "ຂໍ້ຕົກລົງ"],
}  # fmt: skip
NEW, NEW_NAME = gettext_noop("new"), gettext_noop("New name")
KINDS = {"rename": gettext_noop("rename"), "move": gettext_noop("move"), "end": gettext_noop("end")}
ANY_SYSTEM = re.compile(r"^code_[a-z][a-z0-9-]{0,28}$")  # a system that the pack does not name
CODE_WORDS = ["code", "id", "number", "ລະຫັດ"]
NAME_WORDS = ["name", "ຊື່"]


def area_systems() -> dict[str, Translated]:
    """Code systems of areas, as the country pack names them."""
    return {entry["code"]: Translated(entry["name"]) for entry in PackFact.get("code_systems") or []}


def place_label(role: str) -> str:
    """The heading of a column in the reader's language."""
    if role.startswith(NAME):
        return _("Name (%(language)s)") % {"language": role.removeprefix(NAME)}
    if role.startswith(CODE):
        system = role.removeprefix(CODE)
        return str(area_systems().get(system) or system)
    return _(LABELS[role]) if role in LABELS else role


def place_roles(system: str = "") -> list[str]:
    """What a column can be, in the order in which a person looks for it."""
    systems = dict.fromkeys([*([system] if system else []), *area_systems()])
    first, *rest = LABELS
    return [*map(name_heading, languages()), first, *rest, *map(code_heading, systems)]


def _known(level: Level) -> dict[str, str]:
    """Every way to call a column of a list of this level, folded → its role."""
    found: dict[str, str] = {}
    for role, words in ALSO.items():
        for word in words:
            found[folded(word)] = role
    above = list(Level.objects.filter(rank__lt=level.rank).order_by("-rank")[:2])
    for one, name, code in zip(
        [level, *above], ("any_name", "parent", "above"), ("any_code", "parent_code", ""), strict=False
    ):
        for word in one.words():
            found |= dict.fromkeys(_with(word, ["", *NAME_WORDS]), name)
            if code:
                found |= dict.fromkeys(_with(word, CODE_WORDS), code)
    for language in languages():
        with translation.override(language):
            for role in place_roles():
                found[folded(place_label(role))] = role
    for role in place_roles():
        found.setdefault(folded(role), role)
    for one, role in [(level, ""), *zip(above, ("parent", "above"), strict=False)]:
        for word in one.words():
            for language in languages():
                names = [f"{word} {language}", f"{word} ({language})", f"{word} name {language}"]
                found |= dict.fromkeys(map(folded, names), role or name_heading(language))
    return found


def change_label(role: str) -> str:
    """The heading of a column of a list of changes, or a kind of change, in the reader's language."""
    if role in KINDS:
        return _(KINDS[role])
    if role.startswith(NAME):
        return _("New name (%(language)s)") % {"language": role.removeprefix(NAME)}
    return _(CHANGE_LABELS[role]) if role in CHANGE_LABELS else place_label(role)


def change_roles(system: str = "") -> list[str]:
    """What a column of a list of changes can be."""
    systems = dict.fromkeys([*([system] if system else []), *area_systems()])
    first, *rest = CHANGE_LABELS
    return [first, *map(code_heading, systems), *rest[:3], *map(name_heading, languages()), *rest[3:]]


def kinds_in(text: str) -> set[str]:
    """The kinds of change that a cell names, in whatever language of the country; anything else is told as itself."""
    known: dict[str, str] = {}
    for language in languages():
        with translation.override(language):
            known |= {folded(_(word)): kind for kind, word in KINDS.items()}
    known |= {folded(word): kind for kind, word in KINDS.items()}
    parts = [part.strip() for part in re.split(r"[,;+/]", text) if part.strip()]
    return {known.get(folded(part), part) for part in parts}


def _known_of_changes(level: Level) -> dict[str, str]:
    found = {folded(word): role for role, words in CHANGES_ALSO.items() for word in words}
    above = Level.objects.filter(rank__lt=level.rank).order_by("-rank").first()
    for word in level.words():
        found |= dict.fromkeys(_with(word, ["", *NAME_WORDS]), "now") | dict.fromkeys(
            _with(word, CODE_WORDS), "any_code"
        )
    words = above.words() if above else []
    for word in words:
        found |= dict.fromkeys(_with(word, ["", *NAME_WORDS]), "above_now") | dict.fromkeys(
            _with(word, [NEW]), "parent"
        )
    for language in languages():
        with translation.override(language):
            found |= {folded(_(NEW_NAME)): "any_name"}
            found |= {heading: "parent" for word in words for heading in _with(word, [_(NEW)])}
            found |= {folded(change_label(role)): role for role in change_roles()}
        found |= {folded(f"new name {language}"): name_heading(language)}
    for role in change_roles():
        found.setdefault(folded(role), role)
    return found


def guess_changes(asked: FacilityList, level: Level, system: str = "") -> dict[str, str]:
    """Role → column of a list of changes; system as for guess_places."""
    return _guessed(asked, _known_of_changes(level), system)


def _with(word: str, others: Iterable[str]) -> list[str]:
    return [folded(text) for other in others for text in (f"{word} {other}", f"{other} {word}")]


def guess_places(asked: FacilityList, level: Level, system: str = "") -> dict[str, str]:
    """Role → column. system: the code system in which a column of mere numbers is read; empty: the register's own."""
    return _guessed(asked, _known(level), system)


def _guessed(asked: FacilityList, known: Mapping[str, str], system: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, heading in asked.columns.items():
        role = known.get(folded(heading), heading if ANY_SYSTEM.match(heading) else "")
        if role == "any_name":
            role = name_heading(language_of(asked, column))
        elif role == "any_code":
            role = code_heading(system) if system else "code"
        if role and role not in found:
            found[role] = column
    return found
