from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import module_has_submodule


class CrmConfig(AppConfig):
    """The kernel. Once every app is loaded, it collects the record types and names them."""

    name = "crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.activities import files  # noqa: F401  (registers what undoes its verbs)
        from crm.exchange.imports import services as import_services
        from crm.notifications import standard
        from crm.operations import subscribe
        from crm.records import checks  # noqa: F401  (registers the system checks)
        from crm.records.bulk import jobs
        from crm.records.merging import unmerging  # noqa: F401  (registers what undoes merging)
        from crm.registry.events import UndoEnded

        standard.install()
        subscribe(UndoEnded, jobs.end_undoing)
        subscribe(UndoEnded, import_services.end_undoing)


class AdministrationConfig(AdminConfig):
    default_site = "crm.administration.site.Administration"


class RecordTypesConfig(AppConfig):
    """Comes last in INSTALLED_APPS: all models and declarations exist when it is ready."""

    name = "crm.records"
    label = "crm_records"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from crm import labels
        from crm.access.standard_roles import install_standard_roles
        from crm.company.currencies import install_base_currency
        from crm.database.triggers import quicken_triggers
        from crm.registry.registry import registry

        autodiscover()
        labels.install(registry.declared.values())
        post_migrate.connect(install_standard_roles, sender=apps.get_app_config("crm"))
        post_migrate.connect(install_base_currency, sender=apps.get_app_config("crm"))
        post_migrate.connect(quicken_triggers, sender=apps.get_app_config("crm"))


def autodiscover() -> None:
    """Imports the kernel's and every app's `record_types` and freezes the registry."""
    from crm.records.merging.merged_records import add_merged_panels
    from crm.registry.registry import registry

    import_module("crm.activities.record_types")
    for config in apps.get_app_configs():
        if config.module and module_has_submodule(config.module, "record_types"):
            import_module(f"{config.name}.record_types")
    add_merged_panels(registry)
    registry.freeze()
