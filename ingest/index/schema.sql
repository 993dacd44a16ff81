-- The truth of the index. Everything else (vectors.faiss) is derived from it.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What was read from where: lets the next sync tell changed files from unchanged ones.
CREATE TABLE ledger (
    path      TEXT PRIMARY KEY,      -- absolute
    root      TEXT NOT NULL,         -- the folder or file named on the command line
    relative  TEXT NOT NULL,         -- path below root
    sha256    TEXT NOT NULL,         -- of the file's bytes
    source_id TEXT,                  -- what it became; the last good version where the newest one failed
    status    TEXT NOT NULL,         -- ingested | failed
    reason    TEXT NOT NULL,         -- why it failed
    version   TEXT NOT NULL          -- of the parser, chunker and registry that read it
) WITHOUT ROWID;
CREATE INDEX ledger_by_source ON ledger (source_id);

CREATE TABLE sources (
    id       TEXT PRIMARY KEY,
    facts    TEXT NOT NULL,          -- ingest.values.Source as JSON, linked with its translations
    stated   TEXT NOT NULL,          -- the same as the file alone states it: links are worked out anew from this
    language TEXT NOT NULL,
    dropped  INTEGER NOT NULL,       -- characters of boilerplate cut
    notes    TEXT NOT NULL           -- JSON list
) WITHOUT ROWID;

CREATE TABLE documents (
    source_id TEXT PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
    text      TEXT NOT NULL
);

CREATE TABLE segments (
    source_id   TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    end         INTEGER NOT NULL,
    role        TEXT NOT NULL,
    speaker     TEXT,
    is_question INTEGER NOT NULL,
    is_heading  INTEGER NOT NULL,
    second      REAL,
    PRIMARY KEY (source_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE passages (
    key              INTEGER PRIMARY KEY,   -- from a hash of source id and passage id; also the FAISS and FTS id
    id               TEXT NOT NULL,
    source_id        TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    start            INTEGER NOT NULL,
    end              INTEGER NOT NULL,
    language         TEXT NOT NULL,
    role             TEXT NOT NULL,
    speaker          TEXT,
    question         TEXT NOT NULL,
    header           TEXT NOT NULL,
    section          TEXT NOT NULL,
    second           REAL,
    marked_speakers  INTEGER NOT NULL,
    vector           BLOB NOT NULL,         -- float16, dimension values
    sentence_vectors BLOB NOT NULL,         -- float16, sentences x dimension values
    UNIQUE (source_id, id)
);
CREATE INDEX passages_in_order ON passages (source_id, start);

-- Vectors of the second encoder, for passages only; absent where the index was made without one.
CREATE TABLE second_vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
    vector  BLOB NOT NULL                   -- float16
);

CREATE TABLE sentences (
    passage INTEGER NOT NULL REFERENCES passages (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    end     INTEGER NOT NULL,
    second  REAL,
    PRIMARY KEY (passage, ordinal)
) WITHOUT ROWID;

CREATE TABLE alignments (
    source_id   TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    start       INTEGER NOT NULL,
    end         INTEGER NOT NULL,
    other_id    TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    other_start INTEGER NOT NULL,
    other_end   INTEGER NOT NULL
);
CREATE INDEX alignments_by_source ON alignments (source_id);
CREATE INDEX alignments_by_other ON alignments (other_id);

-- What each document is compared by with others, to find translations and copies that no metadata names.
CREATE TABLE profiles (
    source_id TEXT PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
    sentences INTEGER NOT NULL,
    vector    BLOB NOT NULL,          -- float16: the mean of its passages' vectors
    sketch    BLOB NOT NULL           -- uint32: the smallest hashes of its runs of words
) WITHOUT ROWID;

-- What came of comparing two documents, so that only new and changed ones are compared.
CREATE TABLE comparisons (
    source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    other_id  TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    score     REAL NOT NULL,          -- share of their sentences, or words, that they have in common
    PRIMARY KEY (source_id, other_id)
) WITHOUT ROWID;
CREATE INDEX comparisons_by_other ON comparisons (other_id);

-- Terms made by ingest.lexical, joined by spaces; words and CJK bigrams apart, one pair of columns for each part of a passage.
-- Marks count as letters (Hindi vowels); accents on Latin letters are taken off.
CREATE VIRTUAL TABLE lexicon USING fts5 (
    text_words, text_grams, question_words, question_grams, context_words, context_grams,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
);
