from django.urls import path

from crm.administration import mailbox as mail
from crm.administration import people, views
from crm.administration.held_mail import held_mail

app_name = "settings"

urlpatterns = [
    path("", views.home, name="home"),
    path("roles/", views.roles, name="roles"),
    path("roles/<int:role_id>/", views.role, name="role"),
    path("roles/<int:role_id>/copy/", views.copy, name="copy_role"),
    path("users/<int:user_id>/hand-over/", people.hand_over_records, name="hand_over"),
    path("users/<int:user_id>/second-factor/", people.remove_factor, name="remove_factor"),
    path("mail/", held_mail, name="held_mail"),
    path("mailbox/", mail.mailbox, name="mailbox"),
    path("mailbox/empty/", mail.empty, name="empty_mailbox"),
    path("mailbox/<int:message_id>/", mail.message, name="message"),
    path("mailbox/<int:message_id>/frame/", mail.message_frame, name="message_frame"),
    path("mailbox/<int:message_id>/source/", mail.message_source, name="message_source"),
]
