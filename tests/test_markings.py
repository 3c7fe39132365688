"""Levels, handling words, captions and portion marks (handbook 03)."""

import pytest

from reftel import markings
from reftel.markings import Marking


@pytest.mark.parametrize(
    ("line", "classification", "handling"),
    [
        ("C O N F I D E N T I A L ZENDA 000012", "CONFIDENTIAL", ()),
        ("CONFIDENTIAL ZENDA 12", "CONFIDENTIAL", ()),
        ("S E C R E T SECTION 01 OF 02 ZENDA 000012", "SECRET", ()),
        ("T O P S E C R E T ZENDA 000012", "TOP SECRET", ()),
        ("UNCLAS ZENDA 000012", "UNCLASSIFIED", ()),
        ("UNCLASSIFIED ZENDA 000012", "UNCLASSIFIED", ()),
        ("UNCLAS E F T O ZENDA 000012", "UNCLASSIFIED", ("EFTO",)),
        ("LIMITED OFFICIAL USE ZENDA 12", "LIMITED OFFICIAL USE", ()),
        ("SECRET//NOFORN", "SECRET", ("NOFORN",)),
        ("TOP SECRET//SI/TK//NOFORN", "TOP SECRET", ("SI", "TK", "NOFORN")),
        ("SECRET//REL RURITANIA, PONTEVEDRO", "SECRET", ("REL RURITANIA, PONTEVEDRO",)),
        ("SECRET//REL RURITANIA, PONTEVEDRO//ORCON", "SECRET", ("REL RURITANIA, PONTEVEDRO", "ORCON")),
        ("SECRET//NOFORN, ORCON", "SECRET", ("NOFORN", "ORCON")),
        ("C o n f i d e n t i a l zenda 000012", "CONFIDENTIAL", ()),  # a copy in sentence case
    ],
)
def test_a_classification_line(line, classification, handling):
    """A level is the same however it is spelt or spaced."""
    found = markings.read_classification(line)
    assert found is not None
    assert (found.classification, found.handling) == (classification, handling)


@pytest.mark.parametrize("line", ["SECRETARY OF STATE", "CONFIDENTIALLY", "UNCLASPED", "AMEMBASSY ZENDA", ""])
def test_words_that_only_begin_like_a_level(line):
    """A level is a word of its own."""
    assert markings.read_classification(line) is None


@pytest.mark.parametrize(
    ("mark", "marking"),
    [
        ("C", Marking("C")),
        ("SBU", Marking("SBU")),
        ("LOU", Marking("SBU")),
        ("S//NF", Marking("S", ("NOFORN",))),
        ("S/NF", Marking("S", ("NOFORN",))),
        ("SBU/N", Marking("SBU", ("NOFORN",))),
        ("S//REL RURITANIA, PONTEVEDRO", Marking("S", ("REL RURITANIA, PONTEVEDRO",))),
        ("S//NF//XD", Marking("S", ("EXDIS", "NOFORN"))),
        ("S/REL RURITANIA, PONTEVEDRO", Marking("S", ("REL RURITANIA, PONTEVEDRO",))),
        ("S//REL TO RURITANIA//NF", Marking("S", ("NOFORN", "REL RURITANIA"))),
        ("C/REL", Marking("C", ("REL",))),
        ("TS//SI//NF", Marking("TS", ("NOFORN", "SI"))),
        ("TS//SI-G/TK//ORCON/NF", Marking("TS", ("NOFORN", "ORCON", "SI-G", "TK"))),
        ("S//HCS-P//OC/NF", Marking("S", ("HCS-P", "NOFORN", "ORCON"))),
        ("S//RD-CNWDI", Marking("S", ("CNWDI",))),
        ("S//FRD", Marking("S", ("FRD",))),
        ("C//RELIDO", Marking("C", ("RELIDO",))),
        ("S//ATOMAL", Marking("S", ("ATOMAL",))),
        ("S//REL RURITANIA//XX", Marking(None)),
        ("S//SI//XX", Marking(None)),
        ("C - ENTIRE TEXT", Marking("C")),
        ("C//XX", Marking(None)),
        ("?", Marking(None)),
        ("", Marking(None)),
    ],
)
def test_a_portion_mark(mark, marking):
    """What is not understood whole has no level: in doubt the portion stays closed."""
    assert markings.read_mark(mark) == marking


@pytest.mark.parametrize(
    ("words", "marking"),
    [
        (("UNCLASSIFIED", (), ("SIPDIS",)), Marking("U")),  # SIPDIS restricts nobody
        (("UNCLASSIFIED", ("SENSITIVE",), ()), Marking("SBU")),
        (("CONFIDENTIAL", ("SENSITIVE",), ()), Marking("C")),
        (("SECRET", ("NOFORN",), ("EXDIS",)), Marking("S", ("EXDIS", "NOFORN"))),
        (("TOP SECRET", ("SI", "NOFORN"), ()), Marking("TS", ("NOFORN", "SI"))),
        (("SECRET", ("REL TO RURITANIA",), ()), Marking("S", ("REL RURITANIA",))),
        (("SECRET", (), ("A CHANNEL OF ITS OWN",)), Marking("S", ("A CHANNEL OF ITS OWN",))),
        (("SECRET", ("EYES SHUT",), ()), Marking(None)),
        ((None, (), ()), Marking(None)),
    ],
)
def test_a_whole_cable(words, marking):
    """Level, handling and captions bind together; an unknown caption restricts."""
    assert markings.read_marking(*words) == marking


def test_banners():
    """A banner is a classification and nothing else."""
    assert markings.is_banner("  C O N F I D E N T I A L ")
    assert not markings.is_banner("C O N F I D E N T I A L ZENDA 000012")
