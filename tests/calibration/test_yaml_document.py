"""What YAML could hide is refused before anything is made of it."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibration import load_site
from calibration.problem import SiteFileError
from calibration.yaml_document import MAX_BYTES, MAX_NODES, read_document
from tests.calibration.showroom import GOOD, line_of, spoilt, write_site

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


def read(tmp_path, content):
    file = tmp_path / "site.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(file)


def refused(tmp_path, content):
    with pytest.raises(SiteFileError) as caught:
        read(tmp_path, content)
    return caught.value


def test_every_anchor_and_alias_is_told(tmp_path):
    error = refused(tmp_path, BOMB)
    assert [(p.line, p.column) for p in error.problems] == [(1, 4), (2, 4), (2, 8), (2, 12), (3, 4), (3, 8), (3, 12)]
    assert "&name" in str(error)
    assert "*name" in str(error)


def test_a_billion_laughs_stay_small(tmp_path):
    lines = ["a0: &a0 [lol, lol]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30))]
    assert len(refused(tmp_path, "\n".join(lines)).problems) == 30 + 29 * 9


@pytest.mark.parametrize(
    "content",
    ["<<: {a: 1}\nsite: 1\n", "site: {<<: {id: x}}\n"],
)
def test_merge_keys_are_plain_unknown_keys(tmp_path, content):
    with pytest.raises(SiteFileError) as caught:
        load_site(write_site(tmp_path, content))
    assert any(p.key.endswith("<<") for p in caught.value.problems)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [ls]", "!!str 5", "!mine x", "! x", "!!binary aGk="])
def test_tags_are_refused_and_build_nothing(tmp_path, tag):
    problems = refused(tmp_path, f"site: {tag}\n").problems
    assert problems[0].line == 1
    assert "!type" in problems[0].what


def test_repeated_keys_are_told_with_both_lines(tmp_path):
    content = spoilt("    kind: office\n", "    kind: office\n    kind: store\n").replace(
        "rules:\n", "rules:\n  wait.reception: {}\n"
    )
    error = refused(tmp_path, content)
    assert [p.key for p in error.problems] == ["zones.office.kind", "rules.wait.reception"]
    kind = error.problems[0]
    assert kind.line == line_of(content, "kind: store")
    assert str(kind.line - 1) in kind.what


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("site: {id: a\ncameras: 1\n", 2),
        ("site:\n\tid: a\n", 2),
        ("site: a: b\n", 1),
        ("site: 'never closed\n", 2),
        ("a: 1\nsite: \x07\n", 2),
        ("[" * 40 + "]" * 40, 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("? [a, b]\n: 1\n", 1),
        ("%YAML 9.9\n---\na: 1\n", 1),
    ],
)
def test_what_is_no_plain_yaml_is_told_with_its_line(tmp_path, content, line):
    problem = refused(tmp_path, content).problems[0]
    assert problem.line == line


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "site.yaml")
    with pytest.raises(SiteFileError) as caught:
        load_site(tmp_path)
    assert "not a regular file" in caught.value.got


def test_a_file_over_a_megabyte_is_not_even_parsed(tmp_path):
    assert str(MAX_BYTES) in refused(tmp_path, "# " + "x" * MAX_BYTES + "\n").problems[0].expected


def test_a_file_of_endless_entries_is_left_after_a_while(tmp_path):
    assert str(MAX_NODES) in refused(tmp_path, "a: [" + "1," * (MAX_NODES + 10) + "1]\n").problems[0].what


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path):
    problem = refused(tmp_path, "site:\n  name: 大厅\n".encode("gbk")).problems[0]
    assert (problem.line, problem.expected) == (2, "UTF-8")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    write_site(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())
    assert load_site(tmp_path).id == "east-hall"


def test_words_stay_words_and_numbers_numbers(tmp_path):
    document = read(
        tmp_path,
        "off: yes\ntime: 08:30\nday: 2026-06-01\nspan: 10-15\nnone: ~\nempty:\nten: 010\nhex: 0x10\nexp: 1e3\n"
        "half: .5\nneg: -2.5\ntrue: true\n1: one\nquoted: '1'\nbig: 12345678901234567890\n",
    )
    assert document.data == {
        "off": "yes",
        "time": "08:30",
        "day": "2026-06-01",
        "span": "10-15",
        "none": None,
        "empty": None,
        "ten": 10,
        "hex": "0x10",
        "exp": 1000.0,
        "half": 0.5,
        "neg": -2.5,
        "true": True,
        "1": "one",
        "quoted": "1",
        "big": 1.2345678901234567e19,
    }


def test_places_are_those_of_the_keys_and_entries(tmp_path):
    document = read(tmp_path, "a:\n  b: [1,\n      {c: 2}]\n")
    assert document.place(("a", "b")) == (2, 3)
    assert document.place(("a", "b", 0)) == (2, 7)
    assert document.place(("a", "b", 1, "c")) == (3, 8)
    assert document.place(("a", "b", 1, "missing")) == (3, 7)
    assert document.place(("x",)) == (1, 1)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(alphabet="ab:-[]{}&*!|>'\"%#,? \n\t\\0.~大", max_size=60))
def test_whatever_is_written_is_read_or_refused_in_our_words(tmp_path, content):
    with pytest.raises(SiteFileError):
        load_site(write_site(tmp_path, content))
