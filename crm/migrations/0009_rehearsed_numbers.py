"""A rehearsal takes no number of a series: what is rolled back must not leave a gap."""

from django.db import migrations

from crm.migrations._functions import NEXT_NUMBER

# The number it would get, without taking it: the sequence stands, and the second document of one
# rehearsal counts on from the first. The unique index makes a deed wait for the rehearsal's end.
NEXT_NUMBER_OR_FORESEEN = """
CREATE OR REPLACE FUNCTION public.crm_next_number(series text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    named text;
    places int;
    next_one text;
    foreseen text := 'crm.foreseen_' || series;
BEGIN
    IF current_setting('crm.is_rehearsal', true) = 'on' THEN
        EXECUTE format(
            'SELECT (last_value + is_called::int + coalesce(nullif(current_setting(%L, true), '''')'
            ', ''0'')::int)::text FROM public.%I',
            foreseen, 'crm_number_' || series
        ) INTO next_one;
        PERFORM set_config(
            foreseen, (coalesce(nullif(current_setting(foreseen, true), ''), '0')::int + 1)::text, true
        );
    ELSE
        next_one := nextval('public.crm_number_' || series)::text;
    END IF;
    SELECT prefix, digits INTO named, places FROM public.crm_numberseries WHERE key = series;
    IF NOT FOUND THEN
        named := upper(left(series, 3)) || '-';
        places := 5;
    END IF;
    RETURN named || lpad(next_one, greatest(places, length(next_one)), '0');
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0008_definitions'),
    ]

    operations = [
        migrations.RunSQL(
            NEXT_NUMBER_OR_FORESEEN,
            NEXT_NUMBER.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        ),
    ]
