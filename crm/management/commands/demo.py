"""`manage.py demo --size small|medium|large`: a company to try the product or measure it with."""

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule

from crm import clock
from crm.demo.activities import fill_activities
from crm.demo.bare import link_up, write_history
from crm.demo.colleagues import tell_news
from crm.demo.fill import Fill
from crm.demo.people import fill_people
from crm.demo.plan import SIZES
from crm.models import User
from crm.runtime.cache_versions import reset_cache_versions


class Command(BaseCommand):
    help = "Fills an empty database with a generated company; the same at every run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="small")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("The database has users already. Use an empty one for the demo.")
        fill = Fill(plan=SIZES[options["size"]], now=clock.now(), say=self.stdout.write)
        with transaction.atomic():
            fill_people(fill)
            reset_cache_versions()
            for module in demo_modules():
                module.fill_demo(fill)
            fill_activities(fill)
            link_up(fill.foreign_keys)
            write_history(fill.first_keys)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
        for module in demo_modules():
            tell_stories = getattr(module, "tell_stories", None)
            if tell_stories:
                tell_stories(fill)
        tell_news(fill)


def demo_modules() -> list[Any]:
    """The apps' `demo` modules, in the order the apps build on each other."""
    return [
        import_module(f"{config.name}.demo")
        for config in apps.get_app_configs()
        if config.name != "crm"
        and not config.name.startswith("django")
        and config.module
        and module_has_submodule(config.module, "demo")
    ]
