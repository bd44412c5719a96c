from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CrmConfig(AppConfig):
    """The kernel. Once every app is loaded, it collects the record types and names them."""

    name = "crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm import files  # noqa: F401  (registers what undoes its verbs)
        from crm.notifications import standard
        from crm.records import (
            checks,  # noqa: F401  (registers the system checks)
            unmerging,  # noqa: F401  (registers what undoes merging)
        )

        standard.install()


class AdministrationConfig(AdminConfig):
    default_site = "crm.administration.site.Administration"


class RecordTypesConfig(AppConfig):
    """Comes last in INSTALLED_APPS: all models and declarations exist when it is ready."""

    name = "crm.records"
    label = "crm_records"

    def ready(self) -> None:
        from django.apps import apps
        from django.db.models.signals import post_migrate

        from crm import labels
        from crm.access.standard_roles import install_standard_roles
        from crm.currencies import install_base_currency
        from crm.records.registry import autodiscover, registry
        from crm.triggers import quicken_triggers

        autodiscover()
        labels.install(registry)
        post_migrate.connect(install_standard_roles, sender=apps.get_app_config("crm"))
        post_migrate.connect(install_base_currency, sender=apps.get_app_config("crm"))
        post_migrate.connect(quicken_triggers, sender=apps.get_app_config("crm"))
