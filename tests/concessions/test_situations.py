"""The seven classes of the authorities and the idle: each with its reasons, and exactly one for whatever is known."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.concessions.calculations.situations import Signs, situation

TODAY = date(2026, 11, 30)
DAY, TOLD, MAY = date(2026, 11, 29), "2026-11-29", date(2026, 5, 1)
WORKING = {
    "state": "implementing", "ends_on": date(2040, 1, 1), "has_grant": True, "has_agreement": True, "has_holder": True,
    "has_area": True, "developed_ha": D(80), "seen_on": date(2026, 6, 1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({}, "implementing", ["seen_on", "2026-06-01"]),
        ({"state": "terminated"}, "cancelled", ["terminated"]),
        ({"ends_on": date(2026, 11, 29)}, "expired", ["ended_on", "2026-11-29"]),
        ({"ends_on": date(2026, 11, 30)}, "implementing", ["seen_on", "2026-06-01"]),
        ({"title_to_person": True}, "private", ["title_to_person", ""]),
        ({"title_to_person": True, "title_on": date(2024, 5, 1)}, "private", ["title_to_person", "2024-05-01"]),
        ({"disputed": True}, "conflict", ["disputed"]),
        ({"has_grant": False}, "no_grant", ["worked"]),
        ({"state": "request", "has_grant": False, "developed_ha": None}, "procedure", ["state", "request"]),
        ({"state": "request", "has_grant": False}, "no_grant", ["worked"]),
        ({"state": "refused"}, "closed", ["state", "refused"]),
        ({"has_agreement": False, "has_holder": False}, "ghost", ["no_agreement"]),
        ({"has_agreement": False}, "implementing", ["seen_on", "2026-06-01"]),
        ({"has_area": False, "developed_ha": None, "seen_on": None}, "ghost", ["never_seen"]),
        ({"has_area": False, "paid_on": date(2026, 1, 1)}, "implementing", ["seen_on", "2026-06-01"]),
        ({"planned_ha": D(100)}, "idle", ["behind_plan", "80.00", "100.00"]),
        ({"planned_ha": D(80)}, "implementing", ["seen_on", "2026-06-01"]),
        ({"developed_ha": D(0)}, "idle", ["nothing_developed"]),
        # nobody measured: told as that, and somebody has to go there; not that nothing is developed
        ({"developed_ha": None, "seen_on": None}, "idle", ["developed_unknown"]),
        ({"developed_ha": None, "seen_on": None, "inspected_on": DAY}, "idle", ["developed_unknown"]),
        # an inspection that saw work
        (
            {"developed_ha": None, "worked_on": DAY, "seen_on": DAY, "inspected_on": DAY},
            "implementing",
            ["seen_on", TOLD],
        ),
        ({"developed_ha": D(0), "worked_on": DAY, "seen_on": DAY, "idle_on": MAY}, "implementing", ["seen_on", TOLD]),
        ({"state": "signed", "developed_ha": None, "worked_on": DAY, "has_grant": False}, "no_grant", ["worked"]),
        ({"state": "request", "developed_ha": None, "worked_on": DAY, "has_grant": False}, "no_grant", ["worked"]),
        (
            {"state": "request", "developed_ha": None, "worked_on": MAY, "idle_on": DAY, "has_grant": False},
            "procedure",
            ["state", "request"],
        ),
        # who looked last saw none
        ({"idle_on": DAY, "inspected_on": DAY}, "idle", ["no_work_on", TOLD]),
        ({"developed_ha": D(0), "seen_on": None, "idle_on": DAY, "inspected_on": DAY}, "idle", ["nothing_developed"]),
        (
            {"developed_ha": None, "worked_on": MAY, "seen_on": MAY, "idle_on": DAY, "inspected_on": DAY},
            "idle",
            ["no_work_on", TOLD],
        ),
        # somebody looked later and could not tell
        ({"inspected_on": DAY}, "implementing", ["looked_on", TOLD]),
        ({"seen_on": date(2024, 11, 29)}, "idle", ["not_seen_since", "2024-11-29"]),
        ({"seen_on": date(2024, 11, 30)}, "implementing", ["seen_on", "2024-11-30"]),
    ],
)
def test_each_class_with_its_reason(change, code, reason):
    found = situation(Signs(**(WORKING | change)), TODAY, 24)
    assert found.code == code
    assert reason in found.reasons


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"developed_ha": None, "seen_on": None, "inspected_on": DAY}, "inspect"),
        ({"developed_ha": D(0), "seen_on": None, "idle_on": DAY, "inspected_on": DAY}, "improvement_notice"),
        ({"idle_on": DAY, "inspected_on": DAY}, "improvement_notice"),
        ({"seen_on": date(2020, 1, 1)}, "inspect"),
    ],
)
def test_an_idle_one_is_looked_at_where_nobody_knows_and_warned_where_somebody_does(change, step):
    found = situation(Signs(**(WORKING | change)), TODAY, 24)
    assert (found.code, found.next_step) == ("idle", step)


STATES = [
    "proposed", "request", "screened", "opinions", "mou", "survey", "negotiation", "signed", "registered",
    "implementing", "suspended", "expired", "terminated", "returned", "transferred", "refused", "withdrawn", "lapsed",
]  # fmt: skip
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2060, 1, 1))
HECTARES = st.none() | st.decimals(0, 1000, places=2)


@given(
    st.builds(
        Signs,
        state=st.sampled_from(STATES),
        ends_on=DAYS,
        has_grant=st.booleans(),
        has_agreement=st.booleans(),
        has_holder=st.booleans(),
        has_area=st.booleans(),
        disputed=st.booleans(),
        title_to_person=st.booleans(),
        developed_ha=HECTARES,
        planned_ha=HECTARES,
        seen_on=DAYS,
        worked_on=DAYS,
        idle_on=DAYS,
        paid_on=DAYS,
        inspected_on=DAYS,
    )
)
def test_whatever_is_known_one_class_fits_and_says_why(signs):
    found = situation(signs, TODAY, 24)
    assert found.code and found.reasons
    if found.code == "implementing":
        assert signs.has_grant and (signs.developed_ha or signs.worked_on)
