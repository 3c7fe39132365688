-- archive.db, format 1. Copies are the record and are never changed; cable, portion and alias are derived
-- from them and can be made afresh (upkeep.rebuild), but a cable's key and seq stay what they are.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE collection (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('released', 'leaked', 'internal', 'unknown'))
);

-- One telegram. Each column is open to whoever may see anything of it; the frame is the same as JSON.
CREATE TABLE cable (
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
CREATE INDEX cable_by_id ON cable (id) WHERE id IS NOT NULL;
CREATE INDEX cable_by_number ON cable (station, serial) WHERE serial IS NOT NULL;

-- Everything else of it, cut along the labels that govern who may read it; '*' is for those who may read all.
CREATE TABLE portion (
    cable INTEGER NOT NULL REFERENCES cable (seq),
    label TEXT NOT NULL, -- C/NOFORN
    body  BLOB NOT NULL, -- JSON, zstd
    UNIQUE (cable, label)
); -- with its rowid: a tree of large rows without it spills them into pages of their own

-- What a source holds of a telegram, byte for byte. A cable's record is read from its first copy.
CREATE TABLE copy (
    added_seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256     TEXT NOT NULL UNIQUE,
    raw        BLOB NOT NULL, -- zstd
    source     TEXT NOT NULL,
    locator    TEXT NOT NULL,
    text_by    TEXT,
    document   TEXT,          -- the source's own name for it
    collection INTEGER NOT NULL REFERENCES collection (id),
    cable      INTEGER NOT NULL REFERENCES cable (seq)
);
CREATE INDEX copy_by_cable ON copy (cable);
CREATE INDEX copy_by_document ON copy (document) WHERE document IS NOT NULL;

-- Spellings that do not plainly read as the id: names of files, numbers as an archive garbled them.
CREATE TABLE alias (
    spelling TEXT NOT NULL, -- upper case
    copy     INTEGER NOT NULL REFERENCES copy (added_seq),
    PRIMARY KEY (spelling, copy)
) WITHOUT ROWID;
CREATE INDEX alias_by_copy ON alias (copy);

-- Cables that bear one number, or one document name, and yet did not join.
CREATE VIEW may_be_same (a, b) AS
SELECT x.seq, y.seq FROM cable x JOIN cable y ON x.id = y.id AND x.seq <> y.seq
UNION
SELECT x.cable, y.cable FROM copy x JOIN copy y ON x.document = y.document AND x.cable <> y.cable;
