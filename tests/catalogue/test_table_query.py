"""The question that a reader puts to a table: what is answered, what is refused, and that nothing gets out of it."""

import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from sala.catalogue import table_engine
from sala.catalogue.queries.table_query import question
from sala.core.errors import Invalid, TooLarge
from sala.core.files import store

HOSTILE = "x\") from read_csv('/etc/passwd') --; \"drop"
ROWS = {
    "code": ["01", "02", "03", None],
    "year": [2023, 2024, 2024, 2024],
    "share": [1.5, 2.5, None, 4.0],
    "name": ["ນ້ຳ Nam", "Paa", "", "nam"],
    HOSTILE: ["a", "b", "c", "d"],
}


@pytest.fixture
def table(tmp_path):
    """Hash of a kept Parquet file of ROWS, as the program writes them."""
    path = tmp_path / "table.parquet"
    parquet.write_table(pa.table({"_row": [2, 3, 4, 5], **ROWS}), path)
    return store.keep(path)[0]


def ask(table, **sent):
    asked = question(sent, {name: kind for name, kind in table_engine.kinds_of(table).items() if name != "_row"})
    with table_engine.turn(table) as connection:
        return connection.execute(*asked.statement(table_engine.source_of(table))).fetchall()


def numbers(table, where):
    return [row[0] for row in ask(table, where=where, select=["code"])]


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({"field": "year", "op": "=", "value": 2024}, [3, 4, 5]),
        ({"field": "year", "op": "=", "value": "໒໐໒໓"}, [2]),
        ({"field": "code", "op": "!=", "value": "01"}, [3, 4, 5]),
        ({"field": "share", "op": ">", "value": 1.5}, [3, 5]),
        ({"field": "share", "op": "between", "value": [2, 4]}, [3, 5]),
        ({"field": "code", "op": "in", "value": ["01", "03"]}, [2, 4]),
        ({"field": "code", "op": "not in", "value": ["01", "03"]}, [3, 5]),
        ({"field": "name", "op": "contains", "value": "NAM"}, [2, 5]),
        ({"field": "name", "op": "starts", "value": "p"}, [3]),
        ({"field": "name", "op": "empty"}, [4]),
        ({"field": "share", "op": "filled"}, [2, 3, 5]),
        ({"not": {"field": "share", "op": ">", "value": 1.5}}, [2, 4]),
        ({"or": [{"field": "code", "value": "01"}, {"and": [{"field": "year", "value": 2024}, {"field": "share", "op": "empty"}]}]}, [2, 4]),
        ({"field": "_row", "op": ">=", "value": 4}, [4, 5]),
        ({"field": HOSTILE, "value": "b"}, [3]),
    ],
)  # fmt: skip
def test_a_condition_is_true_for_the_rows_meant(table, where, rows):
    assert numbers(table, where) == rows


def test_rows_are_grouped_reckoned_and_sorted(table):
    sums = [{"function": "sum", "field": "share", "as": "all"}, {"function": "count"}]
    found = ask(table, group=["year"], aggregates=sums, sort=[{"field": "all", "order": "desc"}])
    assert found == [(2024, 6.5, 3), (2023, 1.5, 1)]


def test_rows_are_paged_sorted_and_told_once(table):
    assert [row[1] for row in ask(table, select=["code"], sort=[{"field": "code", "order": "desc"}], limit=2, offset=1)] == ["02", "01"]  # fmt: skip
    assert ask(table, select=["year"], distinct=True) == [(2023,), (2024,)]


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"where": {"field": "nowhere", "value": 1}}, "nowhere"),
        ({"where": {"field": "year", "value": "many"}}, "year"),
        ({"where": {"field": "year", "value": True}}, "year"),
        ({"where": {"field": "year", "value": 10**40}}, "year"),
        ({"where": {"field": "year", "op": "contains", "value": "2"}}, "year"),
        ({"where": {"field": "year", "op": "; drop", "value": 1}}, "year"),
        ({"where": {"field": "code", "op": "in", "value": []}}, "in"),
        ({"where": [1]}, "where"),
        ({"where": {"and": []}}, "and"),
        ({"select": ["code", "nowhere"]}, "nowhere"),
        ({"select": "code"}, "select"),
        ({"sort": [{"field": "nowhere"}]}, "nowhere"),
        ({"sort": [{"field": "code", "order": "sideways"}]}, "sort"),
        ({"group": ["year"], "sort": [{"field": "code"}]}, "code"),
        ({"group": ["year"], "select": ["code"]}, "select"),
        ({"aggregates": [{"function": "read_text", "field": "code"}]}, "function"),
        ({"aggregates": [{"function": "sum", "field": "name"}]}, "name"),
        ({"group": ["year"], "aggregates": [{"function": "count", "as": "year"}]}, "year"),
        ({"limit": -1}, "limit"),
        ({"limit": 10**6}, "limit"),
        ({"offset": "1"}, "offset"),
        ({"sql": "select 1"}, "sql"),
        (["select 1"], "question"),
    ],
)
def test_what_cannot_be_answered_is_named(sent, named):
    columns = {"code": "text", "year": "number", "share": "number", "name": "text"}
    with pytest.raises(Invalid) as refusal:
        question(sent, columns)
    assert named in str(refusal.value)


def test_conditions_without_end_are_refused():
    deep = {"field": "year", "value": 1}
    for _time in range(2000):
        deep = {"not": deep}
    for where in (deep, {"or": [{"field": "year", "value": number} for number in range(200)]}):
        with pytest.raises(Invalid):
            question({"where": where}, {"year": "number"})


def test_a_table_of_a_million_columns_is_asked_like_any_other():
    columns = {f"c{number}": "number" for number in range(1_000_000)}
    asked = question({"select": ["c999999"], "where": {"field": "c5", "value": 1}}, columns)
    assert asked.statement("t")[0] == 'select "_row", "c999999" from t where "c5" = ? order by "_row" limit ? offset ?'
    with pytest.raises(Invalid):
        question({"select": list(columns)}, columns)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "copy (select 1) to '/tmp/sala-stolen.csv'",
        "attach '/tmp/sala-other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
        "select * from glob('/etc/*')",
        "load '/tmp/evil.duckdb_extension'",
        "set memory_limit = '64GB'",
        "select * from read_parquet('{other}')",
    ],
)
def test_even_a_statement_of_ones_own_would_get_nowhere(table, tmp_path, statement):
    other = tmp_path / "other.parquet"
    parquet.write_table(pa.table({"secret": [1]}), other)
    with table_engine.turn(table) as connection:
        assert connection.execute(f"select count(*) from {table_engine.source_of(table)}").fetchone() == (4,)
        with pytest.raises(duckdb.Error) as refusal:
            connection.execute(statement.format(other=store.path_of(store.keep(other)[0]))).fetchall()
    assert isinstance(refusal.value, (duckdb.PermissionException, duckdb.InvalidInputException))


def test_a_question_that_takes_too_long_is_broken_off_and_the_next_is_answered(table):
    source = table_engine.source_of(table)
    with pytest.raises(TooLarge), table_engine.turn(table, seconds=0.2) as connection:
        connection.execute(
            f"select sum(a.range * b.range) from range(10000000) a, range(100000) b, {source}"
        ).fetchall()
    assert len(ask(table)) == 4


@pytest.fixture
def long_table(tmp_path):
    """Hash of a file of many row groups, so that two threads read it at once; and the same rows in disorder."""
    chance = random.Random(5)
    rows = sorted(chance.sample(range(1, 200_000), 60_000))
    found = []
    for name in ("ordered", "shuffled"):
        path = tmp_path / f"{name}.parquet"
        kinds = [f"kind {number * 7919 % 40}" for number in rows]
        parquet.write_table(pa.table({"_row": rows, "kind": kinds}), path, row_group_size=2_048)
        found.append(store.keep(path)[0])
        rows = chance.sample(rows, len(rows))
    return found


@pytest.mark.parametrize("paged", [{"limit": 50}, {"limit": 51, "offset": 1_000}, {"limit": 1_000}, {"offset": 59_990}])
@pytest.mark.parametrize(
    "where", [None, {"field": "kind", "value": "kind 7"}, {"field": "_row", "op": ">", "value": 99_000}]
)
def test_rows_that_lie_in_order_come_as_if_they_were_sorted(long_table, where, paged):
    ordered, shuffled = long_table
    assert table_engine.is_in_order(ordered)
    assert not table_engine.is_in_order(shuffled)
    asked = question({"where": where, **paged}, {"kind": "text"})
    found = []
    for digest in long_table:
        source = table_engine.source_of(digest)
        with table_engine.turn(digest) as connection:
            found += [
                connection.execute(*asked.statement(source, is_in_order=is_trusted)).fetchall()
                for is_trusted in {False, table_engine.is_in_order(digest)}
            ]
    assert len(found) == 3
    assert found[0] == found[1] == found[2]


def test_a_whole_answer_that_nobody_sorted_is_in_order(long_table):
    asked, whole = question({}, {"kind": "text"}), []
    for digest in long_table:
        with table_engine.turn(digest) as connection:
            text, values = asked.statement(
                table_engine.source_of(digest), is_paged=False, is_in_order=table_engine.is_in_order(digest)
            )
            assert ("order by" in text) is (digest == long_table[1])
            whole.append(connection.execute(text, values).to_arrow_reader(1_000).read_all().to_pydict())
    assert whole[0] == whole[1]
    assert len(whole[0]["_row"]) == 60_000


def test_rows_without_numbers_or_in_an_empty_table_are_sorted_or_not_there(tmp_path):
    for numbers, told in (([], True), ([3, None], False), ([3, 3], False), ([4, 3], False), ([3, 9], True)):
        path = tmp_path / "few.parquet"
        parquet.write_table(pa.table({"_row": pa.array(numbers, pa.int64())}), path)
        assert table_engine.is_in_order(store.keep(path)[0]) is told


def test_the_next_question_to_a_table_finds_its_connection_open(table, long_table):
    with table_engine.turn(table) as first:
        assert first.execute(f"select count(*) from {table_engine.source_of(table)}").fetchone() == (4,)
        with table_engine.turn(table) as second:
            assert second is not first
    with table_engine.turn(table) as again:
        assert again in (first, second)
        with pytest.raises(duckdb.PermissionException):
            again.execute(f"select 1 from {table_engine.source_of(long_table[0])}")
    with table_engine.turn(long_table[0]) as other:
        assert other not in (first, second)


def test_few_connections_rest_and_the_eldest_is_closed(table, long_table, tmp_path):
    with table_engine.turn(table) as eldest:
        pass
    for number in range(table_engine.KEPT):
        path = tmp_path / f"{number}.parquet"
        parquet.write_table(pa.table({"_row": [number]}), path)
        with table_engine.connected(store.keep(path)[0]):
            pass
    with pytest.raises(duckdb.ConnectionException):
        eldest.execute("select 1")


def test_a_connection_in_which_something_failed_is_not_used_again(table):
    with pytest.raises(ZeroDivisionError), table_engine.turn(table) as failed:
        raise ZeroDivisionError
    with table_engine.turn(table) as connection:
        assert connection is not failed


def test_a_break_that_comes_after_the_answer_does_not_break_the_next(table):
    for _time in range(20):
        with table_engine.turn(table) as connection:
            connection.execute("select 1").fetchall()
            connection.interrupt()
        assert len(ask(table)) == 4
