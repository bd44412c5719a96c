"""Numbers keep growing beyond their digits: lpad cut 100000 off at five, and it came twice."""

from django.db import migrations

NEXT_NUMBER = """
CREATE OR REPLACE FUNCTION public.crm_next_number(series text) RETURNS text LANGUAGE plpgsql AS $$
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


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_empty_bins")]

    operations = [migrations.RunSQL(NEXT_NUMBER, migrations.RunSQL.noop)]
