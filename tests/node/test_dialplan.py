"""The node reads every line that our templates write, and refuses what it would have to guess."""

from pathlib import Path

import pytest

from controlplane.node.dialplan import (
    Context,
    DialplanPush,
    Line,
    Unreadable,
    differences,
    read_dialplan,
    read_listing,
    without_labels,
)

GOLDEN = sorted((Path(__file__).parents[1] / "render" / "golden").glob("**/extensions/*.conf"))


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.name)
def test_what_our_templates_write_is_read(file: Path) -> None:
    text = file.read_text()
    found = read_dialplan(text)
    heads = ("exten =>", " same =>")
    assert sum(len(context.lines) for context in found.contexts.values()) == sum(
        line.startswith(heads) for line in text.splitlines()
    )


def test_there_is_something_to_read() -> None:
    assert len(GOLDEN) > 5


@pytest.mark.parametrize(
    "text",
    [
        "exten => 1,1,NoOp()", "[a]\nexten => 1,x,NoOp()", "[a]\nexten => 1/555,1,NoOp()", "[a]\nswitch => Realtime",
        "[a](!)\nexten => 1,1,NoOp()", "[a]\nexten => 1,1,NoOp(", "[a]\nexten => 1,1,NoOp()\nexten => 1,1,NoOp()",
        "[a]\nno assignment",
    ],
)  # fmt: skip
def test_what_it_would_have_to_guess_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_dialplan(text)


def test_a_line_with_everything() -> None:
    found = read_dialplan("[a]\nexten => _1X.,1,NoOp ; comment\n same => n(here),Set(X=a\\;b,c)) ; more\n")
    assert found.contexts["a"].lines == {
        ("_1X.", "1"): Line("NoOp"), ("_1X.", "2"): Line("Set", "X=a;b,c)", "here"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a]\nexten => 1,1(x),NoOp()", "[a]\nexten => 1,1(x),NoOp(2)"), ("[a]\nexten => 1,1,NoOp()", "[a]"),
        ("[globals]\nX = 1\n[a]\nexten => 1,1,NoOp()", "[globals]\nX = 2\n[a]\nexten => 1,1,NoOp()"),
        ("[a]\nexten => 1,1,NoOp()", "[a]\nexten => 1,1,NoOp()\ninclude => b"),
        ("[a]\nexten => 1,1,NoOp()", f"[a]\nexten => 1,1,NoOp({'x' * 901})"),
    ],
    ids=["label", "nothing left", "variable", "include", "too long"],
)  # fmt: skip
def test_what_no_single_line_can_do(before: str, after: str) -> None:
    assert DialplanPush.between(read_dialplan(before), read_dialplan(after)) is None


def test_the_release_alone_needs_no_line() -> None:
    push = DialplanPush.between(read_dialplan("[globals]\nCP_RELEASE = 1"), read_dialplan("[globals]\nCP_RELEASE = 2"))
    assert push is not None
    assert push.contexts == {}


def test_a_listing_of_asterisk() -> None:
    listing = (
        "[ Context 'parked' created by 'res_parking/default' ]\n"
        "  '*70' =>          1. Park()                      [res_parking]\n\n"
        "[ Context 'a' created by 'pbx_config' ]\n"
        "  's' =>            1. Set(X=[1] (2))              [a.conf:2]\n"
        "     [here]         2. Goto(b,s,1)                 [a.conf:3]\n"
        "  'member' =>       hint: PJSIP/d1&PJSIP/d2        [a.conf:4]\n"
        "  Include =>        'b'                            [pbx_config]\n"
    )
    wanted = read_dialplan(
        "[a]\nexten => s,1,Set(X=[1] (2))\n same => n(here),Goto(b,s,1)\nexten => member,hint,PJSIP/d1&PJSIP/d2\n"
        "include => b"
    )
    assert read_listing(listing) == {"a": without_labels(wanted.contexts["a"])}


def test_differences_in_words() -> None:
    one, other = Context({("1", "1"): Line("NoOp", "x")}), Context({("1", "1"): Line("Hangup")}, ["b"])
    assert list(differences("a", one, one)) == []
    assert list(differences("a", one, other)) == [
        "Dialplan context a includes b in Asterisk, not nothing.",
        "Dialplan line 1,1 of context a is Hangup() in Asterisk, NoOp(x) was expected.",
    ]
    assert list(differences("a", one, None)) == ["Dialplan context a is missing in Asterisk."]
    assert list(differences("a", None, one)) == ["Dialplan context a is in Asterisk, but not in the release."]
