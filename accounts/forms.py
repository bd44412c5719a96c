from django import forms

from accounts.models import Account, Contact
from accounts.models.address import ADDRESS, SHIPPING
from accounts.models.reach import REFUSALS
from crm.records.forms import RecordForm


class AccountForm(RecordForm):
    class Meta:
        model = Account
        fields = (
            "name",
            "relationship",
            "parent",
            "primary_contact",
            "phone",
            "email",
            "website",
            "industry",
            "annual_revenue",
            "currency",
            "employees",
            "founded_year",
            "customer_since_on",
            *ADDRESS,
            *SHIPPING,
            *REFUSALS,
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = (
            "first_name",
            "last_name",
            "account",
            "job_title",
            "email",
            "phone",
            "mobile",
            "birthday",
            *ADDRESS,
            *REFUSALS,
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
