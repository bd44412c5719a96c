"""Migration operations for number series that live in database sequences."""

from django.db import migrations


def add_number_series(key: str, prefix: str, digits: int = 5) -> list[migrations.RunSQL]:
    """Operations that create the sequence and format behind `number_trigger(key)`.

    Put them before the CreateModel of the type; the app's migration depends on the kernel's.
    """
    return [
        migrations.RunSQL(
            f"CREATE SEQUENCE public.crm_number_{key}",
            f"DROP SEQUENCE public.crm_number_{key}",
        ),
        migrations.RunSQL(
            [
                (
                    "INSERT INTO public.crm_numberseries (key, prefix, digits) VALUES (%s, %s, %s)",
                    (key, prefix, digits),
                )
            ],
            [("DELETE FROM public.crm_numberseries WHERE key = %s", (key,))],
        ),
    ]
