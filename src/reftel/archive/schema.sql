-- archive.db, format 2. Copies are the record and are never changed; cable, portion and alias are derived
-- from them and can be made afresh (upkeep.rebuild), but a cable's key and seq stay what they are.
--
-- Run over an archive of format 1, once its table copy has the columns status and added_on, it makes one of
-- format 2 of it.

CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS collection (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('released', 'leaked', 'internal', 'unknown'))
);

-- One telegram. Each column is open to whoever may see anything of it; the frame is the same as JSON.
CREATE TABLE IF NOT EXISTS cable (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT, -- in order of arrival; never used twice
    key        TEXT NOT NULL UNIQUE,              -- permanent address
    id         TEXT,                              -- 2009ASTANA253, where the copy tells
    firm       INTEGER NOT NULL,                  -- whether the year of the id is certain
    year       INTEGER,
    station    TEXT,
    serial     INTEGER,
    sent       TEXT,
    status     TEXT NOT NULL,
    collection INTEGER NOT NULL REFERENCES collection (id),
    frame      BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS cable_by_id ON cable (id) WHERE id IS NOT NULL;
CREATE INDEX IF NOT EXISTS cable_by_number ON cable (station, serial) WHERE serial IS NOT NULL;

-- Everything else of it, cut along the labels that govern who may read it; '*' is for those who may read all.
CREATE TABLE IF NOT EXISTS portion (
    cable INTEGER NOT NULL REFERENCES cable (seq),
    label TEXT NOT NULL, -- C/NOFORN
    body  BLOB NOT NULL, -- JSON, zstd
    UNIQUE (cable, label)
); -- with its rowid: a tree of large rows without it spills them into pages of their own

-- What a source holds of a telegram, byte for byte. A cable's record is read from its first copy that is
-- released, else from its first.
CREATE TABLE IF NOT EXISTS copy (
    added_seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256     TEXT NOT NULL UNIQUE,
    raw        BLOB NOT NULL, -- zstd
    source     TEXT NOT NULL,
    locator    TEXT NOT NULL,
    text_by    TEXT,
    document   TEXT,          -- the source's own name for it
    collection INTEGER NOT NULL REFERENCES collection (id),
    cable      INTEGER NOT NULL REFERENCES cable (seq),
    status     TEXT NOT NULL DEFAULT 'unknown', -- of release, as the copy is read and the owner has decided
    added_on   TEXT -- UTC; NULL of what came in before format 2
);
CREATE INDEX IF NOT EXISTS copy_by_cable ON copy (cable);
CREATE INDEX IF NOT EXISTS copy_by_document ON copy (document) WHERE document IS NOT NULL;

-- Spellings that do not plainly read as the id: names of files, numbers as an archive garbled them.
CREATE TABLE IF NOT EXISTS alias (
    spelling TEXT NOT NULL, -- upper case
    copy     INTEGER NOT NULL REFERENCES copy (added_seq),
    PRIMARY KEY (spelling, copy)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alias_by_copy ON alias (copy);

-- In which order cables were sent: all ('' in among), those of a post, those with one of their TAGS. Each row
-- lies under a label that lets its holder know of it. Filled with the index, with which it is derived; archives
-- of before there was this table are given it when next written to, and their index is made anew.
CREATE TABLE IF NOT EXISTS calendar (
    label  TEXT NOT NULL, -- as the index names it: C_NOFORN
    among  TEXT NOT NULL, -- from:ZENDA, tag:PREL
    minute INTEGER NOT NULL,
    number TEXT NOT NULL, -- of two of one minute it stands first whose number is lower,
    place  INTEGER NOT NULL, -- and of two without one it is the same in every archive
    cable  INTEGER NOT NULL REFERENCES cable (seq) ON DELETE CASCADE,
    PRIMARY KEY (label, among, minute, number, place, cable)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS calendar_by_cable ON calendar (cable);

-- Cables that bear one number, or one document name, and yet did not join.
CREATE VIEW IF NOT EXISTS may_be_same (a, b) AS
SELECT x.seq, y.seq FROM cable x JOIN cable y ON x.id = y.id AND x.seq <> y.seq
UNION
SELECT x.cable, y.cable FROM copy x JOIN copy y ON x.document = y.document AND x.cable <> y.cable;

-- Cables that are kept otherwise than the index knows them.
CREATE TABLE IF NOT EXISTS unindexed (
    cable INTEGER PRIMARY KEY REFERENCES cable (seq)
);

-- What the owner of the archive has said and done. This is no copy and is not derived from any.

CREATE TABLE IF NOT EXISTS reader (
    name    TEXT PRIMARY KEY,
    profile TEXT NOT NULL -- JSON
) WITHOUT ROWID;

-- What was decided of a copy; kept for ever, and applied whenever a cable is derived from it.
CREATE TABLE IF NOT EXISTS decision (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    what       TEXT NOT NULL, -- release, mark
    cable      TEXT NOT NULL, -- its key
    copy       TEXT NOT NULL, -- its sha256
    value      TEXT,          -- JSON; NULL of a copy that was expunged, like every why
    decided_by TEXT NOT NULL,
    decided_on TEXT,
    why        TEXT,
    made_at    TEXT NOT NULL, -- UTC
    undone_at  TEXT,
    undone_by  TEXT,
    undone_why TEXT
);
CREATE INDEX IF NOT EXISTS decision_by_copy ON decision (copy);

-- Decisions with the key that the cable has now, should it ever be given another.
CREATE VIEW IF NOT EXISTS decided AS
SELECT decision.id, what, coalesce(cable.key, decision.cable) AS cable, decision.copy, value,
    decided_by, decided_on, why, made_at, undone_at, undone_by, undone_why
FROM decision LEFT JOIN copy ON copy.sha256 = decision.copy LEFT JOIN cable ON cable.seq = copy.cable;

-- Copies that were removed for good, so that they do not come in again.
CREATE TABLE IF NOT EXISTS tombstone (
    sha256      TEXT PRIMARY KEY,
    expunged_at TEXT NOT NULL, -- UTC
    expunged_by TEXT NOT NULL,
    why         TEXT NOT NULL
) WITHOUT ROWID;

-- Who held which office when, as the owner's tables say (findings/signers.py). A row is what it says: nothing
-- tells two apart that say the same. Archives of before there was this table are given it when next written to.
CREATE TABLE IF NOT EXISTS term (
    person     TEXT NOT NULL,
    surname    TEXT NOT NULL,
    forename   TEXT NOT NULL,
    generation TEXT NOT NULL,
    office     TEXT NOT NULL,
    mission    TEXT NOT NULL,
    place      TEXT NOT NULL,
    began      TEXT NOT NULL,
    ended      TEXT NOT NULL,
    source     TEXT NOT NULL, -- the row's own name: bo-1977-boek-01
    PRIMARY KEY (source, person, mission, office, began, ended, surname, forename, generation, place)
) WITHOUT ROWID;

-- What readers have written beside the cables (archive/notes.py). Each row is one reader's: `whose` is his
-- name, or the level that he read as, or '' for the archive's owner. Nothing of it is derived from a copy, and
-- `rebuild` leaves it alone; what is on a cable goes with the cable. Archives of before there were these tables
-- are given them when next written to.

CREATE TABLE IF NOT EXISTS note (
    id         TEXT NOT NULL, -- made up, and the same wherever the note is brought to
    whose      TEXT NOT NULL,
    cable      INTEGER NOT NULL REFERENCES cable (seq) ON DELETE CASCADE,
    anchor     TEXT NOT NULL, -- of the paragraph it was put on; '' for the cable as a whole
    digest     TEXT NOT NULL, -- of the words it was put on, which are not kept themselves
    labels     TEXT NOT NULL, -- JSON: what governs all that its writer saw there
    withheld   INTEGER NOT NULL, -- portions there that its writer did not see
    text       TEXT NOT NULL,
    version    INTEGER NOT NULL, -- one more with each change
    made_at    TEXT NOT NULL, -- UTC
    changed_at TEXT NOT NULL,
    PRIMARY KEY (whose, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS note_by_cable ON note (cable);

CREATE TABLE IF NOT EXISTS tagged (
    whose    TEXT NOT NULL,
    name     TEXT NOT NULL, -- small letters
    cable    INTEGER NOT NULL REFERENCES cable (seq) ON DELETE CASCADE,
    anchor   TEXT NOT NULL, -- and the rest as of a note, where a paragraph is tagged
    digest   TEXT NOT NULL,
    labels   TEXT NOT NULL,
    withheld INTEGER NOT NULL,
    PRIMARY KEY (whose, name, cable, anchor)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tagged_by_cable ON tagged (cable);

CREATE TABLE IF NOT EXISTS made_set (
    whose TEXT NOT NULL,
    name  TEXT NOT NULL, -- small letters
    PRIMARY KEY (whose, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS in_set (
    whose TEXT NOT NULL,
    name  TEXT NOT NULL,
    cable INTEGER NOT NULL REFERENCES cable (seq) ON DELETE CASCADE,
    PRIMARY KEY (whose, name, cable)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS in_set_by_cable ON in_set (cable);

CREATE TABLE IF NOT EXISTS has_read (
    whose TEXT NOT NULL,
    cable INTEGER NOT NULL REFERENCES cable (seq) ON DELETE CASCADE,
    PRIMARY KEY (whose, cable)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS has_read_by_cable ON has_read (cable);

-- Readers for whom a cable that is opened counts as read.
CREATE TABLE IF NOT EXISTS reads_on_opening (
    whose TEXT PRIMARY KEY
) WITHOUT ROWID;

-- New is what came in after a position. The one before is kept too: what was new at the last visit can be
-- looked at again.
CREATE TABLE IF NOT EXISTS saved_search (
    whose      TEXT NOT NULL,
    name       TEXT NOT NULL, -- small letters
    query      TEXT NOT NULL,
    opened_seq INTEGER NOT NULL,
    opened_at  TEXT NOT NULL, -- UTC
    before_seq INTEGER NOT NULL,
    before_at  TEXT NOT NULL,
    PRIMARY KEY (whose, name)
) WITHOUT ROWID;
