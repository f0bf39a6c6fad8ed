/** Numbered, append-only: a migration that was released is never edited. Each runs in one transaction. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  INSERT INTO meta (key, value) VALUES ('log', lower(hex(randomblob(16))));

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    rseq INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    data TEXT,
    hash TEXT NOT NULL,
    UNIQUE (run, rseq)
  ) STRICT;
  CREATE TRIGGER events_append_only_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER events_append_only_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  -- REPLACE deletes without the trigger above.
  CREATE TRIGGER events_append_only_replace BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)
      OR EXISTS (SELECT 1 FROM events WHERE run = NEW.run AND rseq = NEW.rseq)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

  -- What is known of a run without reading its events; rebuilt from them at any time.
  CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    parent TEXT,
    root TEXT NOT NULL,
    runbook TEXT NOT NULL,
    target TEXT,
    requester TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    status TEXT NOT NULL,
    snapshot TEXT,
    snapshot_rseq INTEGER
  ) STRICT;
  CREATE INDEX runs_open_by_target ON runs (target) WHERE ended_at IS NULL;
  CREATE INDEX runs_by_root ON runs (root);

  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    owner TEXT NOT NULL,
    since TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE claims (name TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT;
  `,
  `
  -- A page of a list is read from these, however many runs there are.
  CREATE INDEX runs_by_start ON runs (started_at);
  CREATE INDEX runs_open_by_start ON runs (started_at) WHERE ended_at IS NULL;
  `,
  `
  -- One change of an event is allowed: to drop its data, after an event tells that and once the whole family has ended.
  DROP TRIGGER events_append_only_update;
  CREATE TRIGGER events_append_only_update BEFORE UPDATE ON events
    WHEN NOT (
      NEW.data IS NULL AND OLD.data IS NOT NULL
      AND NEW.seq = OLD.seq AND NEW.run = OLD.run AND NEW.rseq = OLD.rseq AND NEW.type = OLD.type
      AND NEW.body = OLD.body AND NEW.hash = OLD.hash
      AND OLD.type NOT IN ('record.pruned', 'record.exported')
      AND NOT EXISTS (
        SELECT 1 FROM runs WHERE root = (SELECT root FROM runs WHERE run = OLD.run) AND ended_at IS NULL)
      AND EXISTS (
        SELECT 1 FROM events WHERE run = (SELECT root FROM runs WHERE run = OLD.run)
          AND type = 'record.pruned' AND seq > OLD.seq)
    )
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  `,
  `
  -- What a person said of the whole record outlives it.
  DROP TRIGGER events_append_only_update;
  CREATE TRIGGER events_append_only_update BEFORE UPDATE ON events
    WHEN NOT (
      NEW.data IS NULL AND OLD.data IS NOT NULL
      AND NEW.seq = OLD.seq AND NEW.run = OLD.run AND NEW.rseq = OLD.rseq AND NEW.type = OLD.type
      AND NEW.body = OLD.body AND NEW.hash = OLD.hash
      AND OLD.type NOT IN ('record.pruned', 'record.exported', 'record.signedOff')
      AND NOT EXISTS (
        SELECT 1 FROM runs WHERE root = (SELECT root FROM runs WHERE run = OLD.run) AND ended_at IS NULL)
      AND EXISTS (
        SELECT 1 FROM events WHERE run = (SELECT root FROM runs WHERE run = OLD.run)
          AND type = 'record.pruned' AND seq > OLD.seq)
    )
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  `,
  `
  -- RAISE(ABORT) made SQLite keep a journal of each single insert, which every turn paid for; here all is undone anyway.
  DROP TRIGGER events_append_only_replace;
  CREATE TRIGGER events_append_only_replace BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)
      OR EXISTS (SELECT 1 FROM events WHERE run = NEW.run AND rseq = NEW.rseq)
    BEGIN SELECT RAISE(ROLLBACK, 'events are append-only'); END;
  `,
];
