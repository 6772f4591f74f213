"""The one control for naming a row of a long list: type words, pick among what was found. It needs no script.

The box holds words or a code. When they may mean several rows, the form comes back with those to pick from; "Find" asks
for them without sending the rest of the form.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

FIND = "find"  # name of the button; its value is the name of the field that asks


@dataclass(frozen=True)
class Match:
    """One row to pick: its key in the form, its name, its code, and what tells it from its namesakes."""

    key: str
    name: str
    code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Written:
    """What came back from the form.

    text   the words in the box                 picked  keys that are ticked
    shown  the words for which rows were offered offered  the keys that were offered for them
    """

    text: str = ""
    picked: tuple[str, ...] = ()
    shown: str = ""
    offered: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """The words in the box are those for which something offered was ticked."""
        return self.text == self.shown and bool(set(self.picked) & set(self.offered))


class ChooserWidget(forms.Widget):
    """A box for words, and below it what they may mean. The field fills in `matches`, and `ticked` for those it took."""

    template_name = "core/widgets/chooser.html"
    several = False
    longest = 300  # characters of the box; the field says its own

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs)
        self.matches: list[Match] = []
        self.ticked: set[str] = set()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Written:
        """What a form sent, or what a program gives instead: a code, a row's number, a list of numbers."""
        given = data.get(name)
        if isinstance(given, (int, list, tuple)):
            numbers = [given] if isinstance(given, int) else given
            return Written(picked=tuple(str(number) for number in numbers))
        many = data.getlist if isinstance(data, MultiValueDict) else lambda key: [data[key]] if data.get(key) else []
        return Written(
            text=str(given or "").replace("\x00", "").strip(),
            picked=tuple(many(f"{name}-pick")),
            shown=str(data.get(f"{name}-shown") or "").strip(),
            offered=tuple(many(f"{name}-offered")),
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-pick" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        written = value if isinstance(value, Written) else Written(str(value or ""))
        is_done = self.several and bool(self.matches) and self.ticked >= {match.key for match in self.matches}
        context = super().get_context(name, "" if is_done else written.text, attrs)
        context["widget"] |= {
            "several": self.several,
            "longest": self.longest,
            "matches": self.matches,
            "picked": self.ticked.union(written.picked),
            "find": FIND,
        }
        return context


class SeveralWidget(ChooserWidget):
    """The same for several rows: what is ticked stays, what is found can be added."""

    several = True

    def use_required_attribute(self, initial: Any) -> bool:
        """What is ticked stands below an empty box: a browser that wanted words in it would send nothing."""
        return False


class FindingForm(forms.BaseForm):
    """Part of every form with such a control: after "Find" it comes back with the matches and without other complaints."""

    @property
    def finding(self) -> str:
        """Name of the field whose matches are asked for; empty when the form itself was sent."""
        asked = str(self.data.get(FIND) or "")
        return asked if any(self.add_prefix(name) == asked for name in self.fields) else ""

    def is_valid(self) -> bool:
        return not self.finding and super().is_valid()

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.finding:
            kept = {name: faults for name, faults in self._errors.items() if self.add_prefix(name) == self.finding}  # type: ignore[has-type]
            self._errors = type(self._errors)(kept, renderer=self.renderer)  # type: ignore[has-type]
