from django.urls import path

from crm.frame import views

app_name = "ui"

urlpatterns = [
    path("pulse/", views.pulse, name="pulse"),
    path("theme/", views.choose_theme, name="theme"),
    path("language/", views.choose_language, name="language"),
]
