CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setup (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  code_hash BLOB NOT NULL DEFAULT X'',
  tries     INTEGER NOT NULL DEFAULT 0,
  done_at   INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO setup (one) VALUES (1);

CREATE TABLE account (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  display    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('active', 'locked')),
  role       TEXT NOT NULL CHECK (role IN ('person', 'owner')),
  password   TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_owner ON account(role) WHERE role = 'owner';

CREATE TABLE browser (
  hash       BLOB NOT NULL,
  account_id TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  seen_at    INTEGER NOT NULL,
  PRIMARY KEY (hash, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX browser_account ON browser(account_id);

CREATE TABLE device (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  platform   TEXT NOT NULL CHECK (platform IN ('ios', 'android', 'desktop')),
  version    TEXT NOT NULL,
  key        BLOB NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX device_account ON device(account_id);
CREATE INDEX device_pending ON device(created_at) WHERE state = 'pending';

CREATE TABLE binding (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  code_hash  BLOB NOT NULL UNIQUE,
  session    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'done', 'dead')),
  tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries <= 3),
  safety     TEXT NOT NULL DEFAULT '',
  device_id  TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX binding_account ON binding(account_id);
CREATE INDEX binding_expires ON binding(expires_at);

CREATE TABLE signin (
  id          TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL,
  account_id  TEXT NOT NULL,
  name        TEXT NOT NULL,
  client_id   TEXT NOT NULL,
  return_to   TEXT NOT NULL,
  address     TEXT NOT NULL,
  agent       TEXT NOT NULL,
  known       INTEGER NOT NULL,
  fresh       TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'finished', 'ended')),
  approval_id TEXT NOT NULL DEFAULT '',
  password_at INTEGER NOT NULL DEFAULT 0,
  approval_at INTEGER NOT NULL DEFAULT 0,
  passcode_at INTEGER NOT NULL DEFAULT 0,
  device_id   TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX signin_account ON signin(account_id);
CREATE INDEX signin_expires ON signin(expires_at);

CREATE TABLE approval (
  id         TEXT PRIMARY KEY,
  signin_id  TEXT NOT NULL,
  account_id TEXT NOT NULL,
  purpose    TEXT NOT NULL CHECK (purpose IN ('sign-in', 'test')),
  client_id  TEXT NOT NULL,
  nonce      TEXT NOT NULL,
  number     TEXT NOT NULL,
  context    TEXT NOT NULL,
  known      INTEGER NOT NULL,
  source     TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'reported', 'expired', 'ended')),
  device_id  TEXT NOT NULL DEFAULT '',
  signature  BLOB NOT NULL,
  asked_at   INTEGER NOT NULL,
  not_after  INTEGER NOT NULL,
  decided_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX approval_pending ON approval(account_id, not_after) WHERE state = 'pending';
CREATE INDEX approval_account ON approval(account_id, asked_at);
CREATE INDEX approval_not_after ON approval(not_after);

CREATE TABLE throttle (
  subject  TEXT NOT NULL,
  factor   TEXT NOT NULL,
  failures INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  refused  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (subject, factor)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  key              TEXT PRIMARY KEY,
  account_id       TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  amr              TEXT NOT NULL,
  acr              TEXT NOT NULL,
  authenticated_at INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  seen_at          INTEGER NOT NULL,
  address          TEXT NOT NULL,
  agent            TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session(account_id);
CREATE INDEX session_seen ON session(seen_at);
CREATE INDEX session_created ON session(created_at);

CREATE TABLE passcode (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  secret     BLOB NOT NULL,
  algorithm  TEXT NOT NULL,
  digits     INTEGER NOT NULL,
  period     INTEGER NOT NULL,
  last_step  INTEGER NOT NULL DEFAULT -1,
  active     INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX passcode_account ON passcode(account_id);

CREATE TABLE client (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  host          TEXT NOT NULL,
  secret_hash   BLOB NOT NULL,
  redirect_uris TEXT NOT NULL,
  logout_uris   TEXT NOT NULL,
  algorithm     TEXT NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE grant_given (
  id                TEXT PRIMARY KEY,
  client_id         TEXT NOT NULL,
  account_id        TEXT NOT NULL,
  session           TEXT NOT NULL,
  scope             TEXT NOT NULL,
  access_hash       BLOB NOT NULL UNIQUE,
  access_expires_at INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  revoked           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX grant_account ON grant_given(account_id);
CREATE INDEX grant_session ON grant_given(session);
CREATE INDEX grant_expires ON grant_given(access_expires_at);

CREATE TABLE signing_key (
  id         TEXT PRIMARY KEY,
  algorithm  TEXT NOT NULL,
  private    BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE notice (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_account ON notice(account_id, at);

CREATE TABLE audit (
  seq        INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  account_id TEXT NOT NULL,
  actor      TEXT NOT NULL,
  subject    TEXT NOT NULL,
  address    TEXT NOT NULL,
  detail     TEXT NOT NULL,
  hash       BLOB NOT NULL
) STRICT;
CREATE INDEX audit_account ON audit(account_id, seq);
CREATE INDEX audit_kind ON audit(kind, seq);

CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, X'');
