from django.urls import path

from crm.pages import jobs
from crm.pages.undo import undo_job

app_name = "jobs"

urlpatterns = [
    path("", jobs.my_jobs, name="list"),
    path("<int:job_id>/", jobs.job, name="job"),
    path("<int:job_id>/undo/", jobs.undo, name="undo"),
    path("undo/<int:job_id>/", undo_job, name="undo_job"),
]
