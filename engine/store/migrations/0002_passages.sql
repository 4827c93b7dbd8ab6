-- The only ways across tenants: each tells which tenant something belongs to, or which tenants have work, and
-- nothing of what the rows say. They run as the owner of the tables.

CREATE FUNCTION trama_tenant_of_channel(channel_id bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.tenant_id FROM channel c JOIN tenant t ON t.id = c.tenant_id
          WHERE c.id = channel_id AND t.state = 'active' $$;

CREATE FUNCTION trama_tenant_of_email(address text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT p.tenant_id FROM person p JOIN tenant t ON t.id = p.tenant_id
          WHERE p.email = lower(address) AND t.state = 'active' $$;

CREATE FUNCTION trama_tenant_of_login(hash bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT s.tenant_id FROM login_session s JOIN tenant t ON t.id = s.tenant_id
          WHERE s.token_hash = hash AND t.state = 'active' $$;

CREATE FUNCTION trama_tenant_of_api_key(hash bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT k.tenant_id FROM api_key k JOIN tenant t ON t.id = k.tenant_id
          WHERE k.key_hash = hash AND t.state = 'active' $$;

CREATE FUNCTION trama_tenant_of_slug(wanted text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM tenant WHERE slug = wanted $$;

CREATE FUNCTION trama_tenants() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM tenant WHERE state = 'active' ORDER BY id $$;

CREATE FUNCTION trama_tenants_with_turns() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT t.id FROM tenant t WHERE t.state = 'active' AND EXISTS (
              SELECT 1 FROM inbox i WHERE i.tenant_id = t.id AND i.state = 'new' AND i.due_at <= now()) $$;

CREATE FUNCTION trama_tenants_with_sends() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT t.id FROM tenant t WHERE t.state = 'active' AND EXISTS (
              SELECT 1 FROM outbox o WHERE o.tenant_id = t.id AND o.state = 'queued' AND o.due_at <= now()) $$;

CREATE FUNCTION trama_tenants_with_calls() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT t.id FROM tenant t WHERE t.state = 'active' AND EXISTS (
              SELECT 1 FROM call c WHERE c.tenant_id = t.id AND c.state = 'queued' AND c.due_at <= now()) $$;

-- A new company is made by an operator on the command line or by the set-up, never from inside another one.
CREATE FUNCTION trama_create_tenant(new_slug text, new_name text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ INSERT INTO tenant (slug, name) VALUES (new_slug, new_name)
          ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug RETURNING id $$;

-- Full-text search. A policy keeps the planner from using a text index (the match operator is not leakproof), so
-- the tenant's condition is written out here.
CREATE FUNCTION trama_search_messages(words text, before bigint, n int)
    RETURNS TABLE (id bigint, conversation_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT m.id, m.conversation_id FROM message m
          WHERE to_tsvector('simple', trama_fold(m.text)) @@ websearch_to_tsquery('simple', trama_fold(words))
            AND m.tenant_id = trama_tenant() AND m.id < before
          ORDER BY m.id DESC LIMIT n $$;

CREATE FUNCTION trama_search_contacts(words text, before bigint, n int) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.id FROM contact c
          WHERE to_tsvector('simple', trama_fold(c.name || ' ' || c.email))
                @@ websearch_to_tsquery('simple', trama_fold(words))
            AND c.tenant_id = trama_tenant() AND c.id < before
          ORDER BY c.id DESC LIMIT n $$;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE n.nspname = 'public' AND p.proname LIKE 'trama\_%' LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trama_app', f);
    END LOOP;
END $$;
