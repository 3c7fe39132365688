"""Words as sent, out of lines as printed."""

import pytest

from reftel.telegram.common.printing import WIDTH, wrap
from reftel.telegram.common.voices import opening_voice, passages, places
from reftel.telegram.common.wording import join_lines

LONG = "a line that is as long as lines of prose are in a cable"


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (f"{LONG}\nand goes on.", f"{LONG} and goes on."),
        (f"{LONG}  \n  and goes on.", f"{LONG} and goes on."),
        (f"{LONG} coopera-\ntion.", f"{LONG} cooperation."),  # a word broken at the line end
        (f"{LONG} counter-\nproductive.", f"{LONG} counter-productive."),  # a hyphen of its own
        (f"{LONG} short-\nand long-term.", f"{LONG} short- and long-term."),
        (f"{LONG} --\ncorruption.", f"{LONG} -- corruption."),
        (f"{LONG}\n-- and its partners -- left.", f"{LONG} -- and its partners -- left."),  # no bullet
        ("-- one thing;\n-- another thing.", "-- one thing;\n-- another thing."),
        (f"-- {LONG}\nand more;\n-- another.", f"-- {LONG} and more;\n-- another."),
        (
            "Ambassador Sapt\nConsul Bersonin\nFritz (notetaker)",
            "Ambassador Sapt\nConsul Bersonin\nFritz (notetaker)",
        ),
        ("He left today\nfor Letinje.", "He left today for Letinje."),  # short, and no list
        (r"A price of \$800,000.", "A price of $800,000."),
        ("one  two", "one two"),
    ],
)
def test_lines_joined(block, words):
    """Wraps are joined, hyphenation is healed, escapes are undone; lists keep their lines."""
    assert join_lines(block, block) == words


def test_a_hyphen_is_kept_where_the_text_has_the_word_with_it():
    """What the text itself shows decides before any rule."""
    block = f"{LONG} de-\nlimitation"
    assert join_lines(block, f"de-limitation {block}").endswith("de-limitation")
    assert join_lines(block, block).endswith("delimitation")


@pytest.mark.parametrize(
    "word",
    [
        *(
            "INTER-/NATIONAL",
            "INTER-/NATIONALLY",
            "INTER-/FERENCE",
            "MULTI-/LATERAL",
            "EX-/CHANGE",
            "PRE-/SENT",
        ),
        *("PRE-/SUMES", "RE-/QUIRED", "PRO-/HIBIT", "SUB-/JECT", "CO-/OPERATION", "SO-/LUTION", "re-/port"),
    ],
)
def test_whole_words_broken_behind_a_prefix(word):
    """They are one word again, though the prefix keeps its hyphen in compounds."""
    block = f"{LONG} {word.replace('/', chr(10))} and more."
    assert join_lines(block, block) == f"{LONG} {word.replace('-/', '')} and more."


@pytest.mark.parametrize(
    "word",
    [
        *("RE-/ELECT", "EX-/MINISTER", "ANTI-/AMERICAN", "INTER-/AMERICAN", "PRE-/ELECTION", "PRO-/WESTERN"),
        *(
            "CO-/CHAIRMAN",
            "MULTI-/PARTY",
            "BOLIVIAN-/BRAZILIAN",
            "ex-/king",
            "inter-/agency",
            "pro-/Ruritanian",
        ),
    ],
)
def test_compounds_broken_at_their_hyphen(word):
    """They keep it."""
    block = f"{LONG} {word.replace('/', chr(10))} and more."
    assert join_lines(block, block) == f"{LONG} {word.replace('/', '')} and more."


@pytest.mark.parametrize(
    ("words", "voice"),
    [
        ("Summary. The king left.", "summary"),
        ("SUMMARY: THE KING LEFT.", "summary"),
        ("Summaries were read out.", None),
        ("(Comment: The king left.)", "comment"),
        ("Commentators agree.", None),
        ("Action request: please advise.", "action"),
        ("Participants:\n\nSapt", "admin"),
        ("Letinje minimize considered.", "admin"),
        ("DAS Sapt has cleared this message.", "admin"),
        ("The king left.", None),
    ],
)
def test_the_voice_of_first_words(words, voice):
    """First words announce who speaks; words that only begin alike do not."""
    assert opening_voice(words) == voice


@pytest.mark.parametrize(
    ("text", "voices"),
    [
        ("He left.", ["report"]),
        ("He left. (Comment: Late. End comment.) He came.", ["report", "comment", "report"]),
        ("He left. COMMENT: Late. END COMMENT. He came.", ["report", "comment", "report"]),
        ("He left. Comment: Late.", ["report", "comment"]),
        ("He said in a comment: no.", ["report"]),
        ("He had no comment. He left.", ["report"]),
        ("(Note: Late. End note.) He left.", ["note", "report"]),
        ("He left (note: late) and came.", ["report", "note", "report"]),
    ],
)
def test_voices_inside_a_paragraph(text, voices):
    """Comments and notes are cut out; prose that only uses the words is not."""
    pieces = passages(text, "report", places(text, 0, len(text)))
    assert [voice for _, voice in pieces] == voices
    assert "".join(text[a:b] for (a, b), _ in pieces).split() == text.split()


def test_printed_lines_mean_what_they_say():
    """No printed line is too long, begins with a dash or ends in one."""
    words = "the king -- and his cousin -- left on a well- known train for Letinje " * 9
    lines = wrap(words)
    assert " ".join(lines) == words.strip()
    assert all(len(line) <= WIDTH + 12 and line[0] != "-" and line[-1] != "-" for line in lines)
