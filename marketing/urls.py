from django.urls import path

from marketing.views.unsubscribe import unsubscribe

app_name = "marketing"

urlpatterns = [
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
]
