"""The manual's page on askers stays true: its table names every method, its smallest asker works."""

import inspect
import re
from pathlib import Path

import pytest

from config.askers import ASKERS
from sala.core.errors import Invalid
from sala.duties import asking
from sala.duties import operations as duties
from sala.duties.models import Assignment

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "askers.md").read_text(encoding="utf-8")


def methods_of(cls) -> set[str]:
    return {name for name, _method in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("_")}


def test_the_table_names_every_method_with_its_parameters_and_no_other():
    named = dict(re.findall(r"^\| `(\w+)\(([\w, ]*)\)` \|", PAGE, re.M))
    real = {
        name: ", ".join(list(inspect.signature(getattr(asking.Asker, name)).parameters)[1:])
        for name in methods_of(asking.Asker)
    }
    assert named == real


def test_the_example_overrides_what_the_page_says_it_does():
    figures = next(asker for asker in ASKERS if asker.code == "figures")
    left = set(re.findall(r"^\| `(\w+)\([\w, ]*\)` \|[^|]*\| nothing", PAGE, re.M))
    own = set(vars(type(figures)))
    assert methods_of(asking.Asker) - own == left and left < methods_of(asking.Asker)
    for name in re.findall(r"`(lay_out_table|keep_figures|take_workbook)`", PAGE):
        operations = Path(inspect.getfile(type(figures))).parents[1] / "operations"
        assert any(f"def {name}(" in path.read_text(encoding="utf-8") for path in operations.glob("*.py"))


@pytest.mark.django_db
def test_the_smallest_asker_of_the_page_is_driven_by_the_engine(world, figure_call, monkeypatch):
    scope: dict = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, re.S).group(1), scope)
    papers = scope["Papers"]()
    monkeypatch.setattr(asking, "askers", lambda: {"": asking.Asker(), papers.code: papers})
    call = figure_call(rows=None)
    call.asker = papers.code
    call.save()
    duties.issue_call(world.actor("caller"), call)
    assignment, owner = Assignment.objects.get(call=call), world.actor("owner")
    duties.acknowledge(owner, assignment)
    with pytest.raises(Invalid, match="Report progress first"):
        duties.submit(owner, assignment, answer="Here it is")
    duties.progress(owner, assignment, note="Half is written")
    assignment = duties.submit(owner, assignment, answer="Here it is", evidence=[world.organisation("HEALTH-P01")])
    assert [item.missing for item in papers.items(owner, assignment)] == [False]
