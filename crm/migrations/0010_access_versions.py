"""Whose grants a change of roles, teams, managers or units concerns, said by triggers.

Statement triggers fire in the order of their names: `bump_stamp` has locked the row 'access' of
crm_stamp before `raise_access` looks for users. So of two changes at once the second sees the first,
and no user is missed; and rows of crm_accessversion are locked by one transaction at a time.
"""

from django.db import migrations, models

RAISE = """
CREATE FUNCTION public.crm_raise_access(principals bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.crm_accessversion AS v (user_id, version)
    SELECT u.principal_ptr_id, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    FROM public.crm_user u
    WHERE u.principal_ptr_id = ANY (principals) OR u.principal_ptr_id IN (
        SELECT user_id FROM public.crm_teammembership WHERE team_id = ANY (principals)
    )
    ORDER BY u.principal_ptr_id
    ON CONFLICT (user_id) DO UPDATE SET version = greatest(v.version + 1, excluded.version)
$$
"""

# ruff: noqa: S608  (parts of our own)
REACHES_DOWN = """EXISTS (
    SELECT FROM public.crm_role_holders h JOIN public.crm_roleprivilege USING (role_id)
    WHERE h.principal_id = p.id AND level = 3
)"""
ABOVE = """
    UNION SELECT u.manager_id FROM public.crm_user u JOIN above ON u.principal_ptr_id = above.id
) SELECT id FROM above WHERE id IS NOT NULL"""

# Table -> principals whose grants change: with rows that come or go (`changed`), and with rows that
# are updated (`before` and `changed`).
ROWS = {
    "crm_role_holders": "SELECT principal_id FROM changed",
    "crm_roleprivilege": """
        SELECT principal_id FROM changed JOIN public.crm_role_holders USING (role_id)""",
    "crm_teammembership": "SELECT user_id FROM changed",
    # All managers upwards: each has one report more or fewer.
    "crm_user": "WITH RECURSIVE above (id) AS (SELECT manager_id FROM changed" + ABOVE,
    # Who reaches down from a unit above (level 3).
    "crm_businessunit": f"""
        SELECT p.id FROM changed JOIN public.crm_principal p ON p.unit_id = ANY (changed.path)
        WHERE {REACHES_DOWN}""",
}
UPDATES = {
    "crm_role": """
        SELECT h.principal_id FROM changed JOIN before USING (id)
        JOIN public.crm_role_holders h ON h.role_id = changed.id
        WHERE changed.can_administer IS DISTINCT FROM before.can_administer""",
    "crm_role_holders": """
        SELECT principal_id FROM changed UNION SELECT principal_id FROM before""",
    "crm_roleprivilege": """
        SELECT principal_id FROM public.crm_role_holders
        WHERE role_id IN (SELECT role_id FROM changed UNION SELECT role_id FROM before)""",
    "crm_teammembership": "SELECT user_id FROM changed UNION SELECT user_id FROM before",
    "crm_principal": """
        SELECT id FROM changed JOIN before USING (id)
        WHERE changed.unit_id IS DISTINCT FROM before.unit_id""",
    # Both chains. Where the old one was changed further up as well, `before` has that end of it.
    "crm_user": """
        WITH RECURSIVE moved AS (
            SELECT before.manager_id AS was, changed.manager_id AS is_now
            FROM changed JOIN before USING (principal_ptr_id)
            WHERE changed.manager_id IS DISTINCT FROM before.manager_id
        ), above (id) AS (SELECT unnest(ARRAY[was, is_now]) FROM moved"""
    + ABOVE,
    # Whose unit was above and is not any more, or the other way round.
    "crm_businessunit": f"""
        SELECT p.id FROM changed JOIN before USING (id)
        JOIN public.crm_principal p
            ON (p.unit_id = ANY (changed.path)) IS DISTINCT FROM (p.unit_id = ANY (before.path))
        WHERE changed.path IS DISTINCT FROM before.path AND {REACHES_DOWN}""",
}
TABLES_OF_EVENT = {
    "INSERT": "REFERENCING NEW TABLE AS changed",
    "DELETE": "REFERENCING OLD TABLE AS changed",
    "UPDATE": "REFERENCING OLD TABLE AS before NEW TABLE AS changed",
}


def function(name, principals):
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            principals bigint[] := ARRAY({principals});
        BEGIN
            IF cardinality(principals) > 0 THEN
                PERFORM public.crm_raise_access(principals);
            END IF;
            RETURN NULL;
        END $$;
        """,
        f"DROP FUNCTION public.{name}()",
    )


def trigger(table, event, name):
    return migrations.RunSQL(
        f"CREATE TRIGGER raise_access_{event.lower()} AFTER {event} ON public.{table}"
        f" {TABLES_OF_EVENT[event]} FOR EACH STATEMENT EXECUTE FUNCTION public.{name}()",
        f"DROP TRIGGER raise_access_{event.lower()} ON public.{table}",
    )


def triggers():
    for table, principals in ROWS.items():
        name = f"crm_access_of_{table.removeprefix('crm_')}"
        yield function(name, principals)
        yield trigger(table, "INSERT", name)
        yield trigger(table, "DELETE", name)
    for table, principals in UPDATES.items():
        name = f"crm_access_of_{table.removeprefix('crm_')}_updated"
        yield function(name, principals)
        yield trigger(table, "UPDATE", name)


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_rehearsed_numbers")]

    operations = [
        migrations.CreateModel(
            name="AccessVersion",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(RAISE, "DROP FUNCTION public.crm_raise_access(bigint[])"),
        *triggers(),
    ]
