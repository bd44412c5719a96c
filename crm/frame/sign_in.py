"""How people get in: administrators create users, nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

WRONG = _("That name and password do not match. After 5 wrong tries you wait 5 minutes.")


class SignInAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": _("Too many wrong tries. Wait 5 minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
