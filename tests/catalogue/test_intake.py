"""A folder goes in at once, with a report of what was refused; a second time nothing doubles."""

from io import StringIO

import pytest
from django.core.management import call_command

from sala.access.actor import command
from sala.catalogue import imports
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.queries import latest_figures
from tests.world import PACK

pytestmark = pytest.mark.django_db


def test_the_demonstration_datasets_go_in_and_a_second_time_change_nothing(world):
    import yaml

    records = yaml.safe_load((PACK / "datasets.yaml").read_text(encoding="utf-8"))["datasets"]
    first = imports.load(command(), PACK, records)
    assert first.refused == [] and Dataset.objects.count() == len(records)
    second = imports.load(command(), PACK, records)
    assert (second.new, second.changed, second.refused) == (0, 0, [])
    figures = {figure.key_figure.code: figure for figure in latest_figures(world.actor("public"), world.area("0101"))}
    assert set(figures) == {"population", "women", "rice-area", "clinics"}
    assert figures["population"].period == "2025" and figures["rice-area"].period == "2025"
    assert all(dataset.is_invented for dataset in Dataset.objects.all())


def test_a_sheet_with_a_wrong_line_takes_the_rest_in_and_names_the_line(tmp_path, world):
    (tmp_path / "a.csv").write_text("code,year,value\n0101,2024,5\n0102,2024,6\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("code,year,value\n0101,2024,7\n", encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(
        "file,title_lo,title_en,owner,place,tier,licence,period\n"
        "a.csv,ຕົວຢ່າງ ກ,Sample a,HEALTH,DM,public,CC-BY-4.0,2024\n"
        "b.csv,ຕົວຢ່າງ ຂ,Sample b,NOBODY,DM,public,CC-BY-4.0,2024\n"
        "../c.csv,ຕົວຢ່າງ ຄ,Sample c,HEALTH,DM,public,CC-BY-4.0,2024\n"
        "missing.csv,ຕົວຢ່າງ ງ,Sample d,HEALTH,DM,public,CC-BY-4.0,2024\n",
        encoding="utf-8",
    )
    said, wrong = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("catalogue", "add", str(tmp_path), stdout=said, stderr=wrong)
    assert said.getvalue().strip().splitlines()[-1].endswith("3 refused")
    assert "NOBODY" in wrong.getvalue() and "outside" in wrong.getvalue() and "not there" in wrong.getvalue()
    assert Dataset.objects.get().slug == "a" and Edition.objects.get().is_published


def test_a_dry_run_reads_everything_and_changes_nothing(tmp_path, world):
    (tmp_path / "a.csv").write_text("code,year,value\n0101,2024,5\n", encoding="utf-8")
    said = StringIO()
    call_command(
        "catalogue",
        "add",
        str(tmp_path / "a.csv"),
        owner="HEALTH",
        place="DM",
        licence="CC-BY-4.0",
        dry_run=True,
        stdout=said,
    )
    assert said.getvalue().strip().endswith("1 new, 0 changed, 0 unchanged, 0 refused") and not Dataset.objects.exists()
