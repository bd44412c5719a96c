"""Leads for tests."""

from typing import Any

from crm.models import Principal
from leads.models import Lead

NADIA = {
    "topic": "Two benches for new lab",
    "first_name": "Nadia",
    "last_name": "Belkacem",
    "company": "Aurelis Diagnostics",
    "job_title": "Head of quality",
    "email": "n.belkacem@aurelis.example",
    "phone": "+33 4 72 55 01 18",
    "city": "Lyon",
    "country": "FR",
}


def make_lead(owner: Principal, **values: Any) -> Lead:
    lead = Lead.objects.create(owner=owner, **{**NADIA, **values})
    lead.refresh_from_db()
    return lead
