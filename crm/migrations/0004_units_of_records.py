"""Whoever moves to another unit takes their records along."""

from django.db import migrations

# Every record table has the trigger that puts the owner's unit on a new row. What was modified
# last stays in its order: a record's own time moves by the least there is.
TAKE_ALONG = r"""
CREATE FUNCTION public.crm_take_records_along() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    records regclass;
BEGIN
    FOR records IN
        SELECT tgrelid FROM pg_trigger WHERE tgname LIKE 'pgtrigger\_keep\_unit\_%' ORDER BY tgrelid
    LOOP
        EXECUTE format(
            'UPDATE %s SET unit_id = $1, modified_at = modified_at + interval ''1 microsecond'' '
            'WHERE owner_id = $2 AND unit_id IS DISTINCT FROM $1', records
        ) USING NEW.unit_id, NEW.id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER take_records_along AFTER UPDATE OF unit_id ON public.crm_principal
FOR EACH ROW WHEN (NEW.unit_id IS DISTINCT FROM OLD.unit_id)
EXECUTE FUNCTION public.crm_take_records_along();
"""
LEAVE = """
DROP TRIGGER take_records_along ON public.crm_principal;
DROP FUNCTION public.crm_take_records_along();
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_merging")]

    operations = [migrations.RunSQL(TAKE_ALONG, LEAVE)]
