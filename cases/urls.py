from django.urls import path

from cases import views

app_name = "desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("mine/<slug:key>/", views.shelf, name="shelf"),
    path("<int:queue_id>/", views.queue, name="queue"),
    path("<int:queue_id>/next/", views.next_in_queue, name="next"),
    path("pick/<int:case_id>/", views.pick, name="pick"),
    path("release/<int:case_id>/", views.release, name="release"),
]
