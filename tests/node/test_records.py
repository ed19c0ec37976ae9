"""Cutting record files: whatever Asterisk wrote comes out as it was, also after a torn write."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from controlplane.node.records import CEL_START, cut_csv, cut_lines

NASTY = st.text(alphabet=st.sampled_from("a\"',;\n\r|\\é😀 ${}%"), max_size=12)
ROWS = st.lists(st.lists(NASTY, min_size=3, max_size=3), max_size=6)
CEL = '"CHAN_START","1795229396.232484","{}"\n'


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


@given(ROWS)
def test_every_record_comes_back(rows: list[list[str]]) -> None:
    data = written(rows)
    cut = cut_csv(data, columns=3)
    assert [fields for fields, _ in cut.records] == rows
    assert (cut.used, cut.dropped) == (len(data), 0)


@given(ROWS, st.integers(min_value=0, max_value=400))
def test_a_file_cut_anywhere_gives_whole_records_first_and_the_rest_later(rows: list[list[str]], at: int) -> None:
    data = written(rows)
    first = cut_csv(data[:at], columns=3)
    second = cut_csv(data[first.used :], columns=3)
    assert [fields for fields, _ in (*first.records, *second.records)] == rows
    assert first.dropped == second.dropped == 0


@given(NASTY, st.integers(min_value=1, max_value=200))
def test_a_torn_record_costs_itself_only(text: str, at: int) -> None:
    whole = written([["CHAN_END", "1795229397.000001", text]])
    torn = whole[: min(at, len(whole) - 1)]
    after = [["CHAN_START", "1795229396.232484", "next"], ["CHAN_END", "1795229399.000000", "last"]]
    cut = cut_csv(torn + written(after), columns=3, start=CEL_START)
    assert [fields for fields, _ in cut.records][-2:] == after
    assert cut.dropped <= len(torn)


def test_a_name_that_looks_like_a_record_is_only_a_name() -> None:
    forged = '"\n"CHAN_END","1795229396.232484","x"\n'
    rows = [["CHAN_START", "1795229396.232484", forged]]
    cut = cut_csv(written(rows), columns=3, start=CEL_START)
    assert [fields for fields, _ in cut.records] == rows


def test_foreign_bytes_and_nul_do_no_harm() -> None:
    cut = cut_csv(b'"\xff\xfe","a\x00b","\xc3\xa9"\n', columns=3)
    assert cut.records[0][0] == ["\N{REPLACEMENT CHARACTER}" * 2, "a\N{REPLACEMENT CHARACTER}b", "é"]


def test_another_number_of_columns_is_passed_over() -> None:
    cut = cut_csv(b'"a","b"\n"a","b","c"\n', columns=3)
    assert ([fields for fields, _ in cut.records], cut.dropped) == ([["a", "b", "c"]], 8)


def test_queue_lines_may_lack_columns_and_end_later() -> None:
    cut = cut_lines(b"1|NONE|NONE|NONE|QUEUESTART|\n2|x|q|a|CONNECT|3|m|4\n3|half", columns=10)
    assert [len(fields) for fields, _ in cut.records] == [10, 10]
    assert cut.records[1][0][:8] == ["2", "x", "q", "a", "CONNECT", "3", "m", "4"]
    assert cut.used == 51
