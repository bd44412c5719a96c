"""Triggers on the kernel's small tables: stamps for what processes keep in memory, unit paths."""

from django.db import migrations

WATCHED = {
    "access": {
        "crm_role": "INSERT OR UPDATE OR DELETE",
        "crm_role_holders": "INSERT OR UPDATE OR DELETE",
        "crm_roleprivilege": "INSERT OR UPDATE OR DELETE",
        "crm_teammembership": "INSERT OR UPDATE OR DELETE",
        "crm_businessunit": "INSERT OR UPDATE OR DELETE",
        "crm_principal": "INSERT OR UPDATE OF unit_id OR DELETE",
        "crm_user": "INSERT OR UPDATE OF manager_id, is_superuser OR DELETE",
    },
    "labels": {
        "crm_recordtypename": "INSERT OR UPDATE OR DELETE",
        "crm_recordtypelabel": "INSERT OR UPDATE OR DELETE",
        "crm_fieldlabel": "INSERT OR UPDATE OR DELETE",
    },
    "settings": {
        "crm_companysettings": "INSERT OR UPDATE OR DELETE",
        "crm_currency": "INSERT OR UPDATE OR DELETE",
    },
}

STAMPED = [
    migrations.RunSQL(
        f"CREATE TRIGGER bump_stamp AFTER {events} ON public.{table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION public.crm_bump_stamp('{stamp}')",
        f"DROP TRIGGER bump_stamp ON public.{table}",
    )
    for stamp, tables in WATCHED.items()
    for table, events in tables.items()
]

UNITS = [
    migrations.RunSQL(
        "CREATE TRIGGER unit_path BEFORE INSERT OR UPDATE OF parent_id ON public.crm_businessunit "
        "FOR EACH ROW EXECUTE FUNCTION public.crm_unit_path()",
        "DROP TRIGGER unit_path ON public.crm_businessunit",
    ),
    migrations.RunSQL(
        "CREATE TRIGGER unit_children AFTER UPDATE ON public.crm_businessunit "
        "FOR EACH ROW WHEN (NEW.path IS DISTINCT FROM OLD.path) "
        "EXECUTE FUNCTION public.crm_unit_children()",
        "DROP TRIGGER unit_children ON public.crm_businessunit",
    ),
]
