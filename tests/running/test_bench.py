"""The frame of the benchmarks: ratios, limits, and the exit that says whether all were kept."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bench.report import Report
from config import database
from config.management.commands import bench
from tests.conftest import connected_to


def told(**options):
    lines = []
    report = Report(lines.append, **options)
    return report, lines


def test_a_value_is_told_as_a_ratio_to_its_peer():
    report, lines = told()
    report.row("journal", "operation", 1.5, "ms", peer="without", peer_value=1.0, target=2.0)
    assert "1.50 × without" in lines[0] and "at most 2: ok" in lines[0] and report.all_kept


@pytest.mark.parametrize(
    ("value", "better", "kept"), [(3.0, "less", False), (2.0, "less", True), (1.9, "more", False), (2.0, "more", True)]
)
def test_a_limit_is_kept_or_missed(value, better, kept):
    report, lines = told()
    row = report.row("x", "y", value, "s", target=2.0, better=better)
    assert row.ok is kept and report.all_kept is kept and ("MISSED" in lines[0]) is not kept


def test_each_json_line_has_the_promised_keys():
    report, lines = told(as_json=True)
    report.row("x", "y", 1.0, "s")
    assert set(json.loads(lines[0])) == {
        "name",
        "metric",
        "value",
        "unit",
        "peer",
        "peer_value",
        "ratio",
        "target",
        "ok",
    }
    assert json.loads(lines[0])["ok"] is None and report.all_kept


class Made:
    """A benchmark of two rows."""

    @staticmethod
    def run(report):
        from sala.people.models import Organisation

        report.row("made", "organisations", Organisation.objects.count(), "", target=1, better="more")
        report.row("made", "database", float(database.name().startswith("sala_bench_")), "", target=Made.limit)


@pytest.mark.full
def test_it_runs_in_a_database_of_its_own_which_is_gone_afterwards(committed, monkeypatch):
    monkeypatch.setattr(bench, "benchmarks", lambda: {"made": None})
    monkeypatch.setattr(bench, "module", lambda name: Made)
    with connected_to(committed, as_owner=True):
        measure(committed)


def measure(committed):
    Made.limit = 1.0
    out = StringIO()
    call_command("bench", "made", "--json", stdout=out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["ok"] for row in rows] == [True, True] and rows[1]["value"] == 1
    assert database.name() == committed
    Made.limit = 0.5
    with pytest.raises(SystemExit) as stop:
        call_command("bench", "made", stdout=StringIO())
    assert stop.value.code == 1


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(CommandError, match="journal"):
        call_command("bench", "nothing")
