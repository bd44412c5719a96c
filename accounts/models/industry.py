from django.db import models
from django.utils.translation import gettext_lazy as _


class Industry(models.TextChoices):
    """The sectors an organisation may work in."""

    AGRICULTURE = "agriculture", _("Agriculture")
    AUTOMOTIVE = "automotive", _("Automotive")
    CHEMICALS = "chemicals", _("Chemicals")
    CONSTRUCTION = "construction", _("Construction")
    CONSULTING = "consulting", _("Consulting")
    EDUCATION = "education", _("Education")
    EMPLOYMENT = "employment", _("Employment")
    ENERGY = "energy", _("Energy")
    ENTERTAINMENT = "entertainment", _("Entertainment")
    FINANCE = "finance", _("Finance")
    FOOD = "food", _("Food and drink")
    GOVERNMENT = "government", _("Public sector")
    HOSPITALITY = "hospitality", _("Hotels and restaurants")
    INSURANCE = "insurance", _("Insurance")
    LEGAL = "legal", _("Legal")
    MANUFACTURING = "manufacturing", _("Manufacturing")
    MARKETING = "marketing", _("Marketing")
    MEDIA = "media", _("Media")
    MEDICAL = "medical", _("Medical")
    NONPROFIT = "nonprofit", _("Non-profit")
    PHARMACEUTICALS = "pharmaceuticals", _("Pharmaceuticals")
    REAL_ESTATE = "real_estate", _("Real estate")
    RESEARCH = "research", _("Research")
    RETAIL = "retail", _("Retail")
    SERVICES = "services", _("Services")
    SOFTWARE = "software", _("Software")
    TECHNOLOGY = "technology", _("Technology")
    TELECOMMUNICATIONS = "telecommunications", _("Telecommunications")
    TRANSPORT = "transport", _("Transport")
    WHOLESALE = "wholesale", _("Wholesale")
    OTHER = "other", _("Other")
