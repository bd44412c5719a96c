"""Django's administration, opened by the role that may change settings and by nothing else."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from crm.frame.settings_pages import pages_by_group


class Administration(admin.AdminSite):
    """Signing in is everywhere the same, with its second factor and its throttle."""

    site_header = site_title = _("Administration")
    index_title = _("Settings")

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.actor.can_administer)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path), settings.LOGIN_URL)

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The settings, which lead to the pages here and to those of our own."""
        return render(request, "administration/home.html", {"groups": pages_by_group()})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: Any = None
    ) -> HttpResponse:
        return self.index(request)
