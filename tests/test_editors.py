"""The head lines and date lines that editors give a printed telegram."""

import pytest

from reftel.editors import read_dateline, read_head


def head(line):
    """Kind, number, sender and receiver as words; None where the line is no head."""
    found = read_head(line)
    if found is None:
        return None
    cut = (found.number, found.sender, found.receiver)
    return found.kind, *(line[slice(*place)] if place else None for place in cut)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "113. Telegram From the Embassy in Ruritania to the Department of State",
            ("telegram", None, "Embassy in Ruritania", "Department of State"),
        ),
        (
            "7. Circular Telegram From the Department of State to Certain Diplomatic Missions",
            ("telegram", None, "Department of State", "Certain Diplomatic Missions"),
        ),
        (
            "218. Telegram 5055 From the Embassy in Ruritania to the Department of State, May 2, 1972, 0927Z",
            ("telegram", "5055", "Embassy in Ruritania", "Department of State"),
        ),
        (  # the place before the date is no part of the name
            "9. Airgram A-45 From the Consulate in Zenda to the Department of State, Zenda, May 3, 1971",
            ("airgram", "A-45", "Consulate in Zenda", "Department of State"),
        ),
        (  # a mission is itself sent to somebody
            "30. Telegram From the Mission to the United Nations to the Embassy in Ruritania",
            ("telegram", None, "Mission to the United Nations", "Embassy in Ruritania"),
        ),
        (
            "4. Telegram From the Department of State to the Mission to the United Nations",
            ("telegram", None, "Department of State", "Mission to the United Nations"),
        ),
        (
            "12. Backchannel Message HAKTO 12 From the Ambassador in Ruritania (Rassendyll) to Colonel Sapt",
            ("backchannel", "HAKTO 12", "Ambassador in Ruritania (Rassendyll)", "Colonel Sapt"),
        ),
        (
            "8. Telegram 240920/Tosec 107 From the Department of State\nto the Embassy in Ruritania",
            ("telegram", "240920/Tosec 107", "Department of State", "Embassy in Ruritania"),
        ),
        ("3. Draft Telegram Prepared by the Delegation at Strelsau", ("telegram", None, None, None)),
        ("14. Memorandum of Conversation", None),
        ("15. Editorial Note", None),
        ("16. Letter From the King to the Telegram Office", None),
    ],
)
def test_head_lines(line, expected):
    """Who sent what to whom, and under which number."""
    assert head(line) == expected


@pytest.mark.parametrize(
    ("line", "sent", "place"),
    [
        ("Strelsau, August 3, 1958, 2 p.m.", "1958-08-03T14:00", "Strelsau"),
        ("Washington, January 30, 1955—4:18 p.m", "1955-01-30T16:18", "Washington"),
        ("Zenda, May 6, 1955—noon.", "1955-05-06T12:00", "Zenda"),
        ("Zenda, May 6, 1955, midnight", "1955-05-06T00:00", "Zenda"),  # as the editors' markup has it
        ("Zenda, May 6, 1955, 12:05 a.m.", "1955-05-06T00:05", "Zenda"),
        ("August 22, 1972, 0927Z", "1972-08-22T09:27Z", None),  # the one form that is no local time
        ("Zenda, July 2/3, 1957", "1957-07-02", "Zenda"),
        ("Zenda, December2, 1961, 3 p.m.", "1961-12-02T15:00", "Zenda"),
        ("Zenda, March 16, 1956—11:17", "1956-03-16", "Zenda"),  # of the morning or the evening
        ("[place not declassified], May 1954", "1954-05", "[place not declassified]"),
        ("Zenda, 12 May 1958—11:30 p.m.", "1958-05-12T23:30", "Zenda"),
        ("Zenda, February 30, 1956", None, None),
        ("Zenda, undated", None, None),
    ],
)
def test_date_lines(line, sent, place):
    """A date no more exact than written; `Z` only where the text says so."""
    found = read_dateline(line)
    assert (found and found.sent) == sent
    assert (found and found.place and line[slice(*found.place)]) == place
