from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from crm.administration.metrics import metrics
from crm.frame.app_urls import brought_by_apps
from crm.pages.undo import undo
from crm.runtime.health import healthz
from crm.today import views as today
from crm.today.preferences import preferences

handler500 = "crm.frame.views.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    # An administrator sets the address: it is one of the names to log in by.
    path("user/email/", RedirectView.as_view(pattern_name="preferences"), name="account_email"),
    path("user/", include("allauth.urls")),
    path("", today.today, name="today"),
    path("recent/", today.recent, name="recent"),
    path("area/<slug:key>/", today.area, name="area"),
    path("preferences/", preferences, name="preferences"),
    path("undo/<uuid:operation_id>/", undo, name="undo"),
    path("ui/", include("crm.frame.urls")),
    path("search/", include("crm.search.urls")),
    path("settings/", include("crm.administration.urls")),
    path("notifications/", include("crm.notifications.urls")),
    path("jobs/", include("crm.pages.job_urls")),
    path("imports/", include("crm.exchange.imports.urls")),
    *brought_by_apps(),
    path("", include("crm.pages.urls")),
    path("", include("crm.charts.urls")),
]
