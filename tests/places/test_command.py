"""./sala places import: what it prints, and how it ends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sala.core.files import store
from sala.places.models import Boundary, BoundarySet
from tests.places.conftest import DEMO

pytestmark = pytest.mark.django_db


def run(*arguments) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("places", "import", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_the_last_line_sums_up_and_the_command_ends_well(world):
    text, code = run(str(DEMO), "--source", "Invented")
    assert text.splitlines()[-1] == "10 new, 0 changed, 0 unchanged, 0 refused" and code == 0
    assert store.path_of(BoundarySet.objects.first().file_hash).read_bytes() == DEMO.read_bytes()
    again, code = run(str(DEMO), "--source", "Invented")
    assert "already" in again and again.splitlines()[-1] == "0 new, 0 changed, 10 unchanged, 0 refused" and code == 0


def test_a_dry_run_tells_the_same_and_changes_nothing(world):
    text, code = run(str(DEMO), "--level", "province", "--dry-run")
    assert text.splitlines()[-1] == "3 new, 0 changed, 0 unchanged, 0 refused" and code == 0
    assert not BoundarySet.objects.exists() and not Boundary.objects.exists()


def test_what_is_refused_has_its_line_and_the_command_ends_badly(world, make_file, features):
    rows = [dict(feature) for feature in features if feature["properties"]["level"] == "province"]
    rows[1] = {**rows[1], "geometry": None}
    text, code = run(str(make_file(rows)), "--level", "province")
    assert code == 1 and text.splitlines()[-1] == "2 new, 0 changed, 0 unchanged, 1 refused"
    assert any(line.startswith("Row 2") and "no shape" in line for line in text.splitlines())


@pytest.mark.parametrize(("arguments", "words"), [
    (["no-such-file.gpkg"], "no file"),
    ([str(DEMO), "--level", "canton"], "no level canton"),
    ([str(DEMO), "--level", "province", "--code-column", "kode"], "kode"),
])  # fmt: skip
def test_a_wrong_argument_is_answered_in_words(world, arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not BoundarySet.objects.exists()
