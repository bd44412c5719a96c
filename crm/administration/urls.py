from django.urls import path

from crm.administration import views

app_name = "settings"

urlpatterns = [
    path("", views.home, name="home"),
    path("roles/", views.roles, name="roles"),
    path("roles/<int:role_id>/", views.role, name="role"),
    path("roles/<int:role_id>/copy/", views.copy, name="copy_role"),
]
