"""Answers as devices send them: whose they are, what they say, and what is not let in."""

import datetime
import json
import string
import time
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sala.core.files import xform, xlsform
from sala.core.files.form_words import SUBMISSIONS
from sala.core.files.reasons import words_of
from sala.core.files.refusals import Refused
from tests.core import forms

META = "<orx:meta><orx:instanceID>uuid:7f2c</orx:instanceID></orx:meta>"


def answer(inside: str, meta: str = META, attributes: str = 'id="village" version="3"') -> bytes:
    return f"<?xml version='1.0' ?><data {attributes} xmlns:orx='http://openrosa.org/xforms'>{inside}{meta}</data>".encode()


def fields(**types: str) -> list[dict]:
    return [{"path": "/data/" + name.replace("__", "/"), "type": type} for name, type in types.items()]


def read(inside: str, **types: str) -> xform.Submission:
    return xform.Reader(fields(**types)).read(answer(inside))


def refusal(content: bytes, reader=xform.envelope) -> Refused:
    with pytest.raises(Refused) as caught:
        reader(content)
    assert "%(" not in words_of(caught.value.code, caught.value.values)
    return caught.value


BOTH = [xform.envelope, xform.Reader(fields(a="text", g="group", g__a="text", r="repeat", r__a="text")).read]
both = pytest.mark.parametrize("reader", BOTH, ids=["envelope", "values"])


# ---- whose answer it is ------------------------------------------------------------------------------------------


@both
def test_form_version_and_number_of_the_answer(reader):
    found = reader(answer("<a>x</a>"))
    assert (found.form_id, found.version, found.instance_id, found.deprecated_id) == ("village", "3", "uuid:7f2c", "")


@both
def test_a_correction_names_the_answer_it_corrects(reader):
    meta = "<meta><instanceID> uuid:2 </instanceID><deprecatedID>uuid:1</deprecatedID><instanceName>ບ້ານ 1</instanceName></meta>"
    found = reader(answer("<a>x</a>", meta))
    assert (found.instance_id, found.deprecated_id, found.instance_name) == ("uuid:2", "uuid:1", "ບ້ານ 1")


@both
def test_a_form_without_version_has_none(reader):
    assert reader(answer("", attributes='id="village"')).version == ""


@both
def test_meta_within_a_group_is_not_that_of_the_answer(reader):
    inside = "<g><meta><instanceID>uuid:other</instanceID></meta></g>"
    assert reader(answer(inside)).instance_id == "uuid:7f2c"
    assert refusal(answer(inside, ""), reader).code == "submission-no-instance"


@both
def test_the_number_may_stand_on_the_answer_itself(reader):
    assert reader(answer("", "", 'id="village" instanceID="uuid:9"')).instance_id == "uuid:9"


# ---- what it says ------------------------------------------------------------------------------------------------

LAO = datetime.timezone(datetime.timedelta(hours=7))
POINT = {"lat": 17.96, "lon": 102.61, "alt": 170.0, "accuracy": 4.5}


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("text", " ບ້ານ  ໜຶ່ງ ", " ບ້ານ  ໜຶ່ງ "), ("text", "a &lt; b &amp; c", "a < b & c"), ("text", "<![CDATA[<b>]]>", "<b>"), ("integer", "120", 120), ("integer", "-3", -3), ("integer", "007", 7),
        ("decimal", "12.50", Decimal("12.50")), ("decimal", "1e3", Decimal(1000)), ("range", "4", 4), ("range", "4.5", Decimal("4.5")),
        ("date", "2026-01-31", datetime.date(2026, 1, 31)), ("date", "2026-01-31T00:00:00.000+07:00", datetime.date(2026, 1, 31)),
        ("time", "07:30:00.000+07:00", datetime.time(7, 30, tzinfo=LAO)), ("dateTime", "2026-01-31T07:30:00.000+07:00", datetime.datetime(2026, 1, 31, 7, 30, tzinfo=LAO)),
        ("dateTime", "2026-01-31T00:30:00Z", datetime.datetime(2026, 1, 31, 0, 30, tzinfo=datetime.UTC)), ("today", "2026-01-31", datetime.date(2026, 1, 31)),
        ("dateTime", "2026-01-31T07:30:00.000+07", datetime.datetime(2026, 1, 31, 7, 30, tzinfo=LAO)),
        ("select_one", "d1", "d1"), ("select_multiple", "dry salty", ["dry", "salty"]), ("rank", "b a", ["b", "a"]), ("acknowledge", "OK", "OK"),
        ("geopoint", "17.96 102.61 170.0 4.5", POINT), ("geopoint", "17.96 102.61", {"lat": 17.96, "lon": 102.61, "alt": None, "accuracy": None}),
        ("geotrace", "17.96 102.61 170 4.5; 17.96 102.61 170 4.5", [POINT, POINT]), ("calculate", "52", "52"), ("image", "1700.jpg", "1700.jpg"),
    ],
)  # fmt: skip
def test_a_value_has_the_type_of_its_field(type, text, value):
    found = read(f"<a>{text}</a>", a=type)
    assert found.values == {"/data/a": value}
    assert found.faults == []


@pytest.mark.parametrize(
    ("type", "text"),
    [
        ("integer", "12.5"), ("integer", "many"), ("integer", "9" * 19), ("integer", "1_000"), ("integer", "๑๒"), ("decimal", "NaN"), ("decimal", "1e999"), ("decimal", "1,5"),
        ("date", "31/01/2026"), ("date", "2026-02-30"), ("date", "20260131"), ("time", "25:00"), ("dateTime", "2026-01-31"), ("dateTime", "yesterday"),
        ("geopoint", "17.96"), ("geopoint", "97 102"), ("geopoint", "17 202"), ("geopoint", "a b"), ("geopoint", "1 2 3 4 5"), ("geotrace", "17 102; x"),
        ("image", "../../etc/passwd"), ("image", ".."), ("file", "a\\\\b"), ("audio", "x" * 300),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_told_and_left_out(type, text):
    found = read(f"<a>{text}</a>", a=type)
    assert found.values == {} and found.attachments == []
    expected = "file-name" if type in xform.FILES else type
    assert [(each["path"], each["value"], each["expected"]) for each in found.faults] == [
        ("/data/a", text[:200], expected)
    ]


def test_what_was_not_answered_is_absent():
    assert read("<a/><b></b><c>  \n </c>", a="text", b="integer", c="text").values == {}


def test_turns_of_a_repeat_are_a_list_even_within_another():
    inside = (
        "<well><n>one</n><sample><f>1</f></sample><sample><f>2</f></sample></well><well><n>two</n></well>"
        "<well><n>three</n><sample><f>x</f></sample></well>"
    )
    found = read(inside, well="repeat", well__n="text", well__sample="repeat", well__sample__f="integer")
    name, sample, fault = "/data/well/n", "/data/well/sample", "/data/well/sample/f"
    assert found.values == {"/data/well": [
        {name: "one", sample: [{fault: 1}, {fault: 2}]}, {name: "two"}, {name: "three", sample: [{}]},
    ]}  # fmt: skip
    assert [(each["path"], each["turns"]) for each in found.faults] == [(fault, [3, 1])]


def test_a_second_value_is_told_not_taken():
    found = read("<a>1</a><a>2</a>", a="integer")
    assert found.values == {"/data/a": 1}
    assert found.faults == [{"path": "/data/a", "turns": [], "value": "2", "expected": "once"}]


def test_what_the_form_does_not_have_is_named():
    found = read("<a>1</a><b>2</b><g><c>3</c></g>", a="integer", g="group")
    assert found.unknown == ["/data/b", "/data/g/c"]
    assert found.values == {"/data/a": 1}


def test_start_end_device_and_files_are_told():
    found = read(
        "<s>2026-01-31T07:30:00.000+07:00</s><e>2026-01-31T07:50:00.000+07:00</e><d>collect:abc</d><p>1.jpg</p><q>1.jpg</q><r><p>2.jpg</p></r>",
        s="start", e="end", d="deviceid", p="image", q="image", r="repeat", r__p="image",
    )  # fmt: skip
    assert (found.end - found.start, found.device_id) == (datetime.timedelta(minutes=20), "collect:abc")
    assert found.attachments == ["1.jpg", "2.jpg"]


def test_the_audit_is_a_file_of_the_answer():
    reader = xform.Reader([{"path": "/data/meta/audit", "type": "audit"}])
    found = reader.read(answer("", "<meta><audit>audit.csv</audit><instanceID>uuid:1</instanceID></meta>"))
    assert (found.attachments, found.instance_id) == (["audit.csv"], "uuid:1")


def test_a_reader_keeps_nothing_of_the_answer_before():
    reader = xform.Reader(fields(a="text", p="image"))
    reader.read(answer("<a>x</a><p>1.jpg</p><zzz/>"))
    found = reader.read(answer(""))
    assert (found.values, found.attachments, found.unknown) == ({}, [], [])


def test_an_answer_to_a_converted_form_is_read_by_its_fields(tmp_path):
    path = forms.workbook(forms.VILLAGE, tmp_path / "village.xlsx")
    form = xlsform.convert(str(path), str(tmp_path), name="village.xlsx", validate=False)
    inside = (
        "<start>2026-01-31T07:30:00.000+07:00</start><where><province>p1</province><district>d1</district></where><people>100</people>"
        "<women>52</women><men>48</men><told/><well><well_name>ໜຶ່ງ</well_name><depth>3.5</depth><sample><faults>dry salty</faults></sample></well>"
        "<place>17.96 102.61 170 4.5</place><photo>1.jpg</photo>"
    )
    found = xform.Reader(form["fields"]).read(answer(inside))
    assert found.values["/data/well"] == [
        {
            "/data/well/well_name": "ໜຶ່ງ",
            "/data/well/depth": Decimal("3.5"),
            "/data/well/sample": [{"/data/well/sample/faults": ["dry", "salty"]}],
        }
    ]
    assert (found.values["/data/women"], found.values["/data/where/district"]) == (52, "d1")
    assert (found.unknown, found.faults, found.attachments) == ([], [], ["1.jpg"])


# ---- what is not let in ------------------------------------------------------------------------------------------

LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
OUTSIDE = b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


@both
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "submission-broken"), (b"not xml", "submission-broken"), (answer("<a>")[:60], "submission-broken"), (answer("<a></b>"), "submission-broken"),
        (answer("") + b"<more/>", "submission-broken"), (answer("<a>&nosuch;</a>"), "submission-broken"), (answer("<a>\x00</a>"), "submission-broken"),
        (LAUGHS + b"<data id='v'>&c;</data>", "entities"), (OUTSIDE + b"<data id='v'><a>&x;</a></data>", "entities"),
        (b"<!DOCTYPE data SYSTEM 'http://127.0.0.1:9/x.dtd'><data id='v'/>", "entities"),
        (answer("ບ້ານ").decode().encode("utf-16"), "submission-letters"), (answer("<a>é</a>").decode().encode("latin-1"), "submission-letters"),
        (answer("", attributes=""), "submission-no-form"), (answer("", ""), "submission-no-instance"), (answer("", META.replace("uuid:7f2c", "")), "submission-no-instance"),
        (answer("", attributes='id="v" encrypted="yes"'), "submission-encrypted"), (answer("", attributes=f'id="{"v" * 300}"'), "submission-long-name"),
        (answer("", META.replace("7f2c", "7" * 300)), "submission-long-name"),
        (answer("<g>" * 150 + "</g>" * 150), "submission-too-deep"), (answer("<a/>" * 100_000), "submission-too-many"),
        (answer("<a " + " ".join(f"x{number}=''" for number in range(120_000)) + "/>"), "submission-too-many"), (answer("x" * 6_000_000), "submission-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_plain_answer_is_refused(reader, content, code):
    assert refusal(content, reader).code == code


@both
def test_a_declared_encoding_does_not_change_the_letters(reader):
    hidden = b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE x+AD4-<data id='v'/>"
    assert refusal(hidden, reader).code == "submission-broken"


@both
@pytest.mark.parametrize(
    "content",
    [
        answer("<a/>" * 40_000, attributes=f'id="v" xmlns="{"n" * 4_000_000}"'),
        answer(f"<{'n' * 2_000_000}>" + "<a/>" * 40_000 + f"</{'n' * 2_000_000}>"),
        answer("".join(f"<a xmlns:n{number}='u{number}'/>" for number in range(40_000))),
        answer("<a>" + "&amp;" * 900_000 + "</a>"),
        answer("<r><a>x</a></r>" * 24_000),
    ],
    ids=["namespace", "name", "namespaces", "references", "turns"],
)
def test_the_worst_that_is_let_in_costs_little(reader, content):
    tracemalloc.start()
    before = time.process_time()
    try:
        reader(content)
    except Refused as refused:
        assert refused.code == "submission-long-name"
    assert time.process_time() - before < 5
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_each_refusal_says_what_to_do():
    assert all(any(word in sentence for word in ("Send", "Tell", "Update", "Get")) for sentence in SUBMISSIONS.values())


# ---- any answer --------------------------------------------------------------------------------------------------

TYPES = st.sampled_from([*sorted(xform._READERS), "text", "group", "repeat", "note"])
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="<&>\ufffe\uffff"), max_size=20)


@settings(max_examples=200)
@given(st.dictionaries(st.text(string.ascii_lowercase, min_size=1, max_size=3), st.tuples(TYPES, TEXTS), max_size=8))
def test_any_text_for_any_type_is_a_value_a_fault_or_nothing(asked):
    reader = xform.Reader(
        [{"path": f"/data/{name}", "type": type} for name, (type, _text) in asked.items() if name != "meta"]
    )
    found = reader.read(
        answer("".join(f"<{name}>{text}</{name}>" for name, (_type, text) in asked.items() if name != "meta"))
    )
    faults = {each["path"] for each in found.faults}
    for name, (type, text) in asked.items():
        path = f"/data/{name}"
        if type in ("group", "repeat") or not text.strip() or name == "meta":
            assert path not in faults
        else:
            assert (path in found.values) != (path in faults)
    json.dumps(found.values, default=str)


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(alphabet="<>/=\"'& !-[]?abdeitm\n", max_size=200).map(lambda text: b"<data id='v'>" + text.encode()),
    )
)
def test_any_bytes_are_an_answer_or_a_refusal(content):
    for reader in BOTH:
        try:
            assert reader(content).instance_id
        except Refused as refused:
            assert refused.code in SUBMISSIONS or refused.code == "entities"


@settings(max_examples=100)
@given(st.lists(st.lists(st.integers(-99, 99), max_size=3), max_size=4))
def test_turns_come_back_as_they_were(turns):
    inside = "".join("<r>" + "".join(f"<s><n>{number}</n></s>" for number in numbers) + "</r>" for numbers in turns)
    found = read(inside, r="repeat", r__s="repeat", r__s__n="integer")
    assert [
        [sample["/data/r/s/n"] for sample in turn.get("/data/r/s", [])] for turn in found.values.get("/data/r", [])
    ] == turns
