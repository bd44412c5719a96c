"""How people get in: administrators create users, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.signals import password_reset
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.frame import throttling
from crm.frame.tasks import send_password_reset
from crm.models import User
from crm.runtime.enqueueing import enqueue

WRONG = _("That name and password do not match. After 5 wrong tries you wait 5 minutes.")
TOO_MANY = _("Too many wrong tries. Wait 5 minutes, then try again, or ask for a new password.")


class SignInAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        login = credentials.get("email") or credentials.get("username") or ""
        used = throttling.begin_try(request, login)
        if used is None:
            raise self.validation_error("too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user is not None:
            throttling.take_back(used)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: `authenticate` counts."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        throttling.remember_browser(response, user)
        return response


class NewPasswordForm(ResetPasswordForm):
    """Asks for a link to a new password.

    Whether the address is anybody's is looked up by the worker: neither the answer nor the time it
    takes tells an outsider, and nothing is sent where it is nobody's.
    """

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        email = self.cleaned_data["email"]
        site = settings.SITE_URL or build_absolute_uri(request, "/")
        enqueue(send_password_reset, email, site, get_language())
        return str(email)


def clear_the_way(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Receiver of `password_reset`: whoever guessed before no longer keeps the owner waiting."""
    throttling.forget_wrong_tries(request, user.username)


password_reset.connect(clear_the_way, dispatch_uid="sign_in")
