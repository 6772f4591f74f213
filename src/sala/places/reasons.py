"""Why a row of a boundary file or of a list was applied, proposed or refused: kept as a code with values, shown as words.

A reason is {"code": …, further values}; it is stored so, because the next reader may use another language.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sala.core.language import Translated
from sala.places.matching import Reason

WORDS = {
    # why it was applied
    "code": gettext_noop("The code %(value)s means this area."),
    "name-in-parent": gettext_noop("The name is the same, and %(share)s %% of the shape lies in %(parent)s, where only this area has it."),
    "person": gettext_noop("Confirmed by a person."),
    # what speaks for a candidate
    "name-same": gettext_noop("same name"),
    "name-sounds": gettext_noop("another way to write the same name"),
    "name-near": gettext_noop("similar name (%(percent)s %%)"),
    "name-far": gettext_noop("the name is different"),
    "number-same": gettext_noop("the same code %(value)s in %(system)s"),
    "close": gettext_noop("only %(metres)s m apart"),
    "point-inside": gettext_noop("its label point lies in the shape"),
    "point-outside": gettext_noop("its label point lies outside the shape"),
    "parent-same": gettext_noop("belongs to %(parent)s, as the shape does"),
    "parent-other": gettext_noop("belongs to %(parent)s, where the shape does not lie"),
    # why a person must look
    "no-area": gettext_noop("No area of this level fits."),
    "no-parent": gettext_noop("The boundaries one level above are not known, so a name alone is not enough. Import them first, or confirm the row."),
    "name-twice": gettext_noop("More than one shape here has this name."),
    "name-ambiguous": gettext_noop("More than one area here has this name."),
    "parent-differs": gettext_noop("The file names another area above than the one in which the shape lies."),
    "name-not-exact": gettext_noop("No area here has exactly this name."),
    "code-and-name": gettext_noop("The code %(value)s means %(area)s, but neither its name nor its label point fits."),
    "claimed": gettext_noop("%(area)s is already given to row %(row)s."),
    # why it was refused
    "code-twice": gettext_noop("The code %(value)s stands in rows %(rows)s. Join their shapes into one, or correct the code."),
    "overlap": gettext_noop("The shape crosses row %(row)s: %(percent)s %% of the smaller one lies in both. Correct the drawing."),
    "outside-right": gettext_noop("Your position does not cover this area."),
    "person-refused": gettext_noop("Refused by a person: %(reason)s"),
    # what the reader of the file found
    "null-geometry": gettext_noop("The row has no shape."),
    "empty-geometry": gettext_noop("The shape is empty."),
    "invalid-geometry": gettext_noop("The shape is not valid (%(detail)s). Correct it in a mapping program."),
    "too-many-vertices": gettext_noop("The shape has more than %(detail)s points. Simplify it."),
    "swapped-axis": gettext_noop("Longitude and latitude are swapped. Save the file with longitude first."),
    "far-away": gettext_noop("The shape lies outside the country (%(detail)s). Check the coordinate system."),
    "not-polygon": gettext_noop("The shape is not an area (%(detail)s)."),
    "mended": gettext_noop("The outline of row %(row)s was not valid (%(detail)s) and was mended; its area is the same."),
    "fault": gettext_noop("%(detail)s"),
    # rows of a list of facilities
    "no-day": gettext_noop("“%(value)s” is not a day. Write it as 2001-09-30 or 30/9/2001."),
    "no-degrees": gettext_noop("“%(value)s” is not a number of degrees. Write it as 102.65."),
    "no-metres": gettext_noop("“%(value)s” is not a number of metres."),
    "swapped-point": gettext_noop("Latitude and longitude are swapped. Exchange the two cells."),
    "far-point": gettext_noop("The point %(value)s lies outside the country. Check the numbers."),
    "no-district": gettext_noop("No district is called “%(value)s”, or more than one is. Write its code."),
    "no-place": gettext_noop("No place “%(value)s” is known there. Correct it, write its code, or have it entered among the places."),
    "two-places": gettext_noop("More than one place is called “%(value)s”. Write its code, or the district beside it."),
    "without-place": gettext_noop("The row names no place. Write the village or the district."),
    "no-kind": gettext_noop("The kind “%(value)s” is not known. Write one of the kinds of the register."),
    "without-kind": gettext_noop("The row does not say what kind of facility it is. Write it, or choose one kind for the whole list."),
    "without-name": gettext_noop("The row has no name in the country's language. Write it."),
    "no-facility": gettext_noop("The register has no facility with the number %(value)s. Correct it, or leave the cell empty."),
    "row-twice": gettext_noop("Row %(row)s is %(facility)s already. Take one of the two out."),
    "name-in-row": gettext_noop("Row %(row)s has the same name in the same place. Take one out, or tell the two apart by their names."),
    "codes-of-two": gettext_noop("The codes of the row belong to two facilities (%(facilities)s). Correct them."),
    "other-kind": gettext_noop("%(facility)s is of another kind in the register. Correct the row or the register."),
    "code-of-another": gettext_noop("The code belongs to %(facility)s, “%(name)s”, whose name and place are different. If it is the same one, write %(facility)s into the column of register numbers."),
    "several": gettext_noop("Several facilities bear this name there: %(facilities)s. Write the number of the one that is meant."),
    "other-number": gettext_noop("In the register %(facility)s has the code %(value)s. If the code has changed, write %(facility)s into the column of register numbers; if it is another one, write “new”."),
    "code-taken": gettext_noop("The code %(value)s belongs to %(facility)s. Correct one of the two."),
    "code-in-row": gettext_noop("The code %(value)s stands in row %(row)s too. Correct one of the two."),
    "looks-like": gettext_noop("It looks like %(facility)s, “%(name)s” (%(why)s). If it is that one, write %(facility)s into the column of register numbers; if it is another one, write “new”."),
    "looks-a-little-like": gettext_noop("Entered, though it looks a little like %(facility)s, “%(name)s” (%(why)s). See the page of likely duplicates."),
    "in-district": gettext_noop("Its village is not among the places; it was entered in %(area)s."),
    "is-closed": gettext_noop("%(facility)s is closed in the register since %(day)s. If it works again, open it there."),
    "closed-otherwise": gettext_noop("%(facility)s closed on %(day)s according to the register; that day was kept."),
    "closed-elsewhere": gettext_noop("%(facility)s is closed in the register, in %(area)s. Open it in its new place there first."),
    "closed-first": gettext_noop("It closes before it opens. Correct the dates."),
    "rule": gettext_noop("%(detail)s"),
    # rows of a list of places
    "without-parent": gettext_noop("The row does not say to which area the place belongs. Write the code or the name of the area above."),
    "no-such-parent": gettext_noop("No area above is called “%(value)s”, or more than one is. Write its code, or the area above it in a column of its own."),
    "no-above": gettext_noop("No area “%(value)s” is known two levels above. Correct it, or leave the cell empty."),
    "two-parents": gettext_noop("Code and name of the area above mean two areas (%(value)s). Correct one of them."),
    "parent-not-in": gettext_noop("%(area)s does not belong to %(parent)s. Correct one of the two."),
    "parent-ends": gettext_noop("%(area)s ends, according to a change on record. Write the area to which the place belongs afterwards."),
    "long-name": gettext_noop("A name has at most 200 letters. Shorten it."),
    "bad-code": gettext_noop("“%(value)s” cannot be a code: it has at most 30 letters, digits, dots and hyphens, without spaces. Correct it."),
    "code-of-level": gettext_noop("The code belongs to %(area)s, which is of another level. Correct the code."),
    "codes-of-places": gettext_noop("The codes of the row belong to several places (%(value)s). Correct them."),
    "place-ended": gettext_noop("The code belongs to %(area)s, which ended on %(day)s. Give the place a code of its own."),
    "place-elsewhere": gettext_noop("%(area)s belongs to %(parent)s in the register. If it was moved there, record the move on its page; otherwise correct the row."),
    "place-twice": gettext_noop("Row %(row)s is %(area)s already. Take one of the two out."),
    "place-code-taken": gettext_noop("The code %(value)s belongs to %(area)s. Correct one of the two."),
    "code-other-name": gettext_noop("The code belongs to %(area)s, whose name is different."),
    "name-of-several": gettext_noop("Several places bear this name there."),
    "like-place": gettext_noop("Its name resembles that of %(area)s."),
    "name-other-code": gettext_noop("%(area)s bears this name there, but has the code %(value)s in the register."),
    "name-other-number": gettext_noop("%(area)s bears this name there, but has the code %(value)s in %(system)s."),
    "name-in-list": gettext_noop("Row %(row)s of the list has the same name under the same area."),
    "older-than-parent": gettext_noop("It is older than %(parent)s, which exists since %(day)s; where it belonged before is not on record."),
    "point-otherwise": gettext_noop("The register has the point of %(area)s more than a kilometre away; that one was kept."),
    "since-otherwise": gettext_noop("%(area)s exists since %(day)s according to the register; that day was kept."),
    "entered-by-person": gettext_noop("A person decided that it is a new place."),
    # rows of a list of changes
    "which-place": gettext_noop("The row does not say which place changes. Write its code, or its name and the area above."),
    "no-such-place": gettext_noop("No place “%(value)s” exists there on that day, or more than one does. Write its code."),
    "ended-before": gettext_noop("%(area)s ended on %(day)s already."),
    "no-change": gettext_noop("“%(value)s” is no change that a list can make. Write rename, move or end."),
    "change-lacks": gettext_noop("The row does not say what becomes of it. Write the new name or the new area above, or that it ends."),
    "ends-alone": gettext_noop("A place that ends is neither renamed nor moved. Take the one or the other out of the row."),
    "no-such-heir": gettext_noop("No other place “%(value)s” exists on that day, or more than one does. Write its code."),
    "without-decision": gettext_noop("The row names no decision. Write the number of the document on which the change rests."),
    "change-twice": gettext_noop("Row %(row)s changes %(area)s already. Write all that becomes of it in one row."),
    "row-replaced": gettext_noop("A later reading of the list took its place (list %(list)s)."),
    "made-in-list": gettext_noop("The same change was made by row %(row)s of list %(list)s."),
    # about the whole file
    "columns": gettext_noop("Columns: code %(code_column)s, name %(name_column)s, parent %(parent_column)s."),
    "other-level": gettext_noop("%(count)s rows belong to other levels and were left out."),
    "without-shape": gettext_noop("%(area)s has no shape in this file."),
}  # fmt: skip


def words_of(reason: Reason, places: dict[int, Any] | None = None) -> str:
    """The sentence of a reason. Values that name an area are ids; `places` holds their names (id → Translated)."""
    sentence = WORDS.get(reason.get("code", ""), "%(detail)s")
    values = {name: _shown(name, value, places or {}) for name, value in reason.items()}
    try:
        return (_(sentence) % values).strip()
    except (KeyError, TypeError, ValueError):
        return str(reason.get("code", ""))


def _shown(name: str, value: Any, places: dict[int, Any]) -> Any:
    if name in ("area", "parent") and isinstance(value, int):
        return Translated(places[value]).text().text if value in places else str(value)
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        return Translated(value).text().text
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return joined(value, places)
    return ", ".join(str(item) for item in value) if isinstance(value, list) else value


def joined(reasons: Iterable[Reason], places: dict[int, Any] | None = None) -> str:
    """Several reasons in one line."""
    return "; ".join(words_of(reason, places) for reason in reasons)


def areas_in(reasons: Iterable[Reason]) -> set[int]:
    """Ids of the areas that the reasons name."""
    return {value for reason in reasons for name, value in reason.items()
            if name in ("area", "parent") and isinstance(value, int)}  # fmt: skip
