from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import module_has_submodule


class CrmConfig(AppConfig):
    """The kernel."""

    name = "crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"


class AdministrationConfig(AdminConfig):
    default_site = "crm.administration.site.Administration"


class DeclarationsConfig(AppConfig):
    """Comes last in INSTALLED_APPS: all models exist when it reads what the apps declare."""

    name = "crm.extensions"
    label = "crm_extensions"

    def ready(self) -> None:
        from crm import labels
        from crm.extensions import checks  # noqa: F401  (registers the system checks)
        from crm.extensions.collecting import install_apps
        from crm.registry.registry import registry

        collect_record_types()
        labels.install(registry.declared.values())
        install_apps()


def collect_record_types() -> None:
    """Imports the kernel's and every app's `record_types` and freezes the registry."""
    from crm.extensions.collecting import import_declarations
    from crm.records.merging.merged_records import add_merged_panels
    from crm.registry.registry import registry

    import_declarations("crm.activities.record_types")
    for config in apps.get_app_configs():
        if config.module and module_has_submodule(config.module, "record_types"):
            import_declarations(f"{config.name}.record_types")
    add_merged_panels(registry)
    registry.freeze()
