"""Every damage of the handbook that a machine can do to a telegram, and which may meet on one copy.

What each does stands with its function, and in docs/formats/forge.md.
"""

from collections.abc import Container
from random import Random
from typing import Literal, NamedTuple

from reftel.forge import mirrored, wear
from reftel.forge.mirrored import Damage


class Kind(NamedTuple):
    """A damage: what does it, to telegrams of which eras, before or after they are packed, and whence."""

    damage: Damage
    eras: frozenset[str]
    when: Literal["before", "after"]
    handbook: str


def _of(damage: Damage, eras: str, when: Literal["before", "after"], handbook: str) -> Kind:
    return Kind(damage, frozenset(eras.split()), when, handbook)


KINDS: dict[str, Kind] = {
    "tags-extra": _of(mirrored.tags_extra, "acp127", "before", "01 D3"),
    "lost-tags": _of(mirrored.lost_tags, "sas acp127", "before", "01 D8"),
    "lost-subject": _of(mirrored.lost_subject, "sas acp127", "before", "01 D8"),
    "lost-paragraph": _of(mirrored.lost_paragraph, "sas acp127 smart", "before", "01 D8"),
    "lost-heading": _of(mirrored.lost_heading, "acp127", "before", "01 D8"),
    "end-cut": _of(mirrored.end_cut, "acp127", "before", "01 D8"),
    "lost-signature": _of(mirrored.lost_signature, "sas acp127 printed", "before", "01 D8"),
    "lost-end": _of(mirrored.lost_end, "acp127", "before", "01 D8"),
    "lost-end-mark": _of(wear.lost_end_mark, "sas", "before", "01 D8"),
    "cut-sentence": _of(mirrored.cut_sentence, "acp127", "before", "01 D9"),
    "hyphenated": _of(mirrored.hyphenated, "acp127", "before", "07 SUBJECT"),
    "repeated-header": _of(mirrored.repeated_header, "acp127", "before", "01 D4"),
    "split-word": _of(wear.split_word, "acp127", "before", "01 D12"),
    "sentence-case": _of(wear.sentence_case, "acp127", "before", "01 D13"),
    "wrong-minute": _of(wear.wrong_minute, "acp127", "after", "01 D14"),
    "name-struck": _of(wear.name_struck, "acp127", "before", "01 D15"),
    "mistyped": _of(wear.mistyped, "sas acp127", "before", "01 D17"),
    "subject-label": _of(wear.subject_label, "sas acp127", "before", "07 SUBJECT"),
    "tags-label": _of(wear.tags_label, "sas acp127", "before", "07 TAGS"),
    "tags-glued": _of(wear.tags_glued, "acp127", "before", "07 TAGS"),
    "ref-label": _of(wear.ref_label, "sas acp127", "before", "07 Lists of references"),
    "ref-letters": _of(wear.ref_letters, "sas acp127", "before", "07 Lists of references"),
    "refs-in-a-row": _of(wear.refs_in_a_row, "sas acp127", "before", "07 Lists of references"),
    "zero-for-letter": _of(wear.zero_for_letter, "sas acp127", "before", "07 Posts in references"),
    "order-label": _of(wear.order_label, "sas acp127", "before", "03, section 4"),
    "misspelt-sender": _of(wear.misspelt_sender, "sas acp127", "before", "01, section 1, line 11"),
    "wrong-day": _of(wear.wrong_day, "acp127", "before", "01, section 2"),
    "wrong-serial": _of(wear.wrong_serial, "acp127", "before", "01, section 2"),
    "wrong-security": _of(wear.wrong_security, "acp127", "before", "01, section 2"),
    "copy-count": _of(wear.copy_count, "sas", "before", "01, section 1, line 7"),
    "half-a-cable": _of(wear.half_a_cable, "sas acp127", "before", "01 D8"),
    "other-end": _of(wear.other_end, "sas", "before", "01, section 1, line 23"),
    "repeated-section": _of(wear.repeated_section, "sas", "before", "02, section 1.3"),
    "sent-before": _of(wear.sent_before, "sas", "before", "02, section 1.3"),
    "two-digits": _of(wear.two_digits, "sas", "before", "01, section 1, line 5"),
    "banner-mistyped": _of(wear.banner_mistyped, "sas", "before", "01 D17"),
    "old-foot": _of(wear.old_foot, "sas", "before", "01, section 1"),
    "hard-blanks": _of(wear.hard_blanks, "sas acp127 smart printed", "before", "07 Noise anywhere"),
    "page-foot": _of(wear.page_foot, "smart", "before", "07 Noise anywhere"),
    "lost-label": _of(wear.lost_label, "smart", "before", "01, section 4"),
    "lost-source-note": _of(wear.lost_source_note, "printed", "before", "01 D8"),
    "lost-date-line": _of(wear.lost_date_line, "printed", "before", "01 D8"),
    "closed-up": _of(wear.closed_up, "printed", "before", "07 Noise anywhere"),
    "garbled-id": _of(wear.garbled_id, "acp127", "after", "07 Identifiers"),
    "date-first": _of(wear.date_first, "acp127", "after", "01 D16"),
    "note-first": _of(wear.note_first, "acp127", "after", "01 D16"),
    "backslashes": _of(wear.backslashes, "sas acp127", "after", "07 Noise anywhere"),
    "form-feeds": _of(wear.form_feeds, "sas acp127 smart", "after", "01 D17"),
    "markdown-escapes": _of(mirrored.markdown_escapes, "acp127", "after", "01 D10"),
    "pilcrow-digit": _of(mirrored.pilcrow_digit, "acp127", "after", "01 D1"),
    "pilcrow-link": _of(mirrored.pilcrow_link, "acp127", "after", "01 D1, D2"),
    "entities": _of(wear.entities, "acp127", "after", "01 D17"),
    "carriage-returns": _of(wear.carriage_returns, "sas acp127 smart printed", "after", "07 Noise anywhere"),
}
"""Every damage by its name, in the order in which they are done."""

_APART = tuple(
    frozenset(names.split())
    for names in (
        "entities carriage-returns",
        "half-a-cable lost-signature lost-end lost-end-mark other-end repeated-section",
        "lost-tags tags-label tags-glued tags-extra",
        "lost-subject subject-label",
        "lost-date-line closed-up",
        "ref-letters refs-in-a-row zero-for-letter pilcrow-link ref-label",
        "pilcrow-digit pilcrow-link lost-paragraph backslashes",
        "repeated-header sentence-case tags-label subject-label ref-label order-label",
    )
)
"""Damages that nobody could tell apart, or that undo each other: one copy has one of them."""


def chosen(era: str, random: Random, without: Container[str] = ()) -> tuple[str, ...]:
    """Which damages a copy of an era has met: half of them none, others one to three that go together.

    Those of `without` are none that this copy can have.
    """
    if random.random() < 0.5:
        return ()
    names = [name for name, kind in KINDS.items() if era in kind.eras and name not in without]
    found: list[str] = []
    for name in random.sample(names, min(len(names), 1 + int(random.random() * 3))):
        if not any(name in group and group.intersection(found) for group in _APART):
            found.append(name)
    return tuple(sorted(found, key=names.index))
