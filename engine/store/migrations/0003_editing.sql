-- What was done to drafts: each command with the one that takes it back. Undo and redo are rows of their own, so the
-- rows in order of `rev` are the whole story; `state` says what became of a deed (a new deed makes undone ones "gone").

CREATE TABLE flow_edit (
    tenant_id bigint NOT NULL DEFAULT trama_tenant(),
    flow_id text NOT NULL,
    rev int NOT NULL,
    person_id bigint,
    editor text NOT NULL DEFAULT '',
    token bigint NOT NULL DEFAULT 0,
    words text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT 'do' CHECK (kind IN ('do', 'undo', 'redo')),
    state text NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'gone')),
    command jsonb NOT NULL,
    inverse jsonb NOT NULL,
    touched text[] NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, flow_id, rev),
    FOREIGN KEY (tenant_id, flow_id) REFERENCES flow ON DELETE CASCADE
);
CREATE UNIQUE INDEX flow_edit_token ON flow_edit (tenant_id, flow_id, editor, token) WHERE token <> 0;
CREATE INDEX flow_edit_person ON flow_edit (tenant_id, flow_id, person_id, rev DESC) WHERE kind = 'do' AND state <> 'gone';

ALTER TABLE flow ADD COLUMN tags text[] NOT NULL DEFAULT '{}';

-- for figures of a period
CREATE INDEX trace_at ON trace (tenant_id, at);

ALTER TABLE flow_edit ENABLE ROW LEVEL SECURITY;
ALTER TABLE flow_edit FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON flow_edit TO trama_app USING (tenant_id = trama_tenant())
    WITH CHECK (tenant_id = trama_tenant());
CREATE POLICY owner_rows ON flow_edit TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON flow_edit TO trama_app;
