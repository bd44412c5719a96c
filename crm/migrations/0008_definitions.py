"""The icon of a record type is a definition: whoever changes it raises the version of them all."""

from django.db import migrations

EVENTS = {
    "insert": ("INSERT", "NEW.icon <> ''"),
    "update": ("UPDATE", "NEW.icon IS DISTINCT FROM OLD.icon"),
    "delete": ("DELETE", "OLD.icon <> ''"),
}
# Where icons were chosen before, there are definitions already.
FIRST = """
INSERT INTO public.crm_stamp (name, version)
SELECT 'definitions', (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
WHERE EXISTS (SELECT FROM public.crm_recordtypename WHERE icon <> '')
ON CONFLICT (name) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_bulk_refused_count")]

    operations = [
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER definitions_{name} AFTER {event} ON public.crm_recordtypename "
                f"FOR EACH ROW WHEN ({when}) "
                "EXECUTE FUNCTION public.crm_bump_stamp('definitions')",
                f"DROP TRIGGER definitions_{name} ON public.crm_recordtypename",
            )
            for name, (event, when) in EVENTS.items()
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
