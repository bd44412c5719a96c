"""Extensions and the functions that triggers and generated columns call."""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

FOLD = """
CREATE FUNCTION public.crm_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1));
"""

# Every record table's history trigger calls this. Values are compared as JSON, so a change
# made by hand-written SQL or in bulk is seen as well.
RECORD_CHANGE = """
CREATE FUNCTION public.crm_record_change(type_key text, event text, old_row jsonb, new_row jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb;
BEGIN
    IF event = 'UPDATE' THEN
        SELECT jsonb_object_agg(n.key, jsonb_build_array(old_row -> n.key, n.value))
        INTO changed
        FROM jsonb_each(new_row) AS n
        WHERE n.value IS DISTINCT FROM old_row -> n.key
          AND n.key NOT IN ('version', 'modified_at', 'modified_by_id', 'search_text');
        IF changed IS NULL THEN
            RETURN;
        END IF;
    ELSIF event = 'DELETE' THEN
        changed := old_row - 'search_text';
    ELSE
        changed := '{}'::jsonb;
    END IF;
    INSERT INTO public.crm_fieldchange
        (record_type, record_id, version, event, changes, at, actor_id, operation)
    VALUES (
        type_key,
        (coalesce(new_row, old_row) ->> 'id')::bigint,
        (coalesce(new_row, old_row) ->> 'version')::int,
        lower(event),
        changed,
        now(),
        nullif(current_setting('crm.actor', true), '')::bigint,
        nullif(current_setting('crm.operation', true), '')::uuid
    );
END $$;
"""

NEXT_NUMBER = """
CREATE FUNCTION public.crm_next_number(series text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    named text;
    places int;
    next_one text := nextval('public.crm_number_' || series)::text;
BEGIN
    SELECT prefix, digits INTO named, places FROM public.crm_numberseries WHERE key = series;
    IF NOT FOUND THEN
        named := upper(left(series, 3)) || '-';
        places := 5;
    END IF;
    RETURN named || lpad(next_one, greatest(places, length(next_one)), '0');
END $$;
"""

BUMP_STAMP = """
CREATE FUNCTION public.crm_bump_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.crm_stamp AS s (name, version)
    VALUES (TG_ARGV[0], (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
    ON CONFLICT (name) DO UPDATE SET version = greatest(s.version + 1, excluded.version);
    RETURN NULL;
END $$;
"""

UNIT_PATH = """
CREATE FUNCTION public.crm_unit_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := ARRAY[NEW.id];
    ELSE
        SELECT path || NEW.id INTO NEW.path FROM public.crm_businessunit WHERE id = NEW.parent_id;
        IF NEW.id = ANY(NEW.path[1:array_length(NEW.path, 1) - 1]) THEN
            RAISE EXCEPTION 'a business unit cannot be below itself' USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.crm_unit_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.crm_businessunit SET parent_id = parent_id WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
"""


OPERATIONS = [
    TrigramExtension(),
    UnaccentExtension(),
    BtreeGistExtension(),
    migrations.RunSQL(FOLD, "DROP FUNCTION public.crm_fold(text)"),
    migrations.RunSQL(
        RECORD_CHANGE, "DROP FUNCTION public.crm_record_change(text, text, jsonb, jsonb)"
    ),
    migrations.RunSQL(NEXT_NUMBER, "DROP FUNCTION public.crm_next_number(text)"),
    migrations.RunSQL(BUMP_STAMP, "DROP FUNCTION public.crm_bump_stamp()"),
    migrations.RunSQL(
        UNIT_PATH,
        "DROP FUNCTION public.crm_unit_path(); DROP FUNCTION public.crm_unit_children()",
    ),
]
