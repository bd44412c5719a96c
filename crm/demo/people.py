"""The demo company's units, teams, users and their roles."""

from django.contrib.auth.hashers import make_password

from crm.demo.fill import Fill
from crm.demo.names import FIRST_NAMES, LAST_NAMES
from crm.models import (
    BusinessUnit,
    CompanySettings,
    Currency,
    Role,
    Team,
    TeamMembership,
    User,
)

PASSWORD = "demo"  # noqa: S105  (of users that exist only in the demo company)

# user name, name, unit, job title, roles, manager, language, time zone
PEOPLE = (
    ("manager", "Clara Osei", "Sales", "Head of Sales", ("sales_manager",), "", "en", "Europe/London"),
    ("rep", "Ines Moreau", "Sales Europe", "Account manager", ("sales_rep",), "manager", "en", "Europe/Paris"),
    ("rep2", "Tom Albrecht", "Sales Europe", "Account manager", ("sales_rep",), "manager", "en", "Europe/Berlin"),
    ("agent", "Noor Haddad", "Service", "Service agent", ("service_agent",), "", "en", "Europe/Brussels"),
    ("marketer", "Lucie Ferrand", "Marketing", "Campaign manager", ("marketer",), "", "fr", "Europe/Paris"),
    ("admin", "Per Lindqvist", "", "Administrator", ("administrator",), "", "en", "Europe/Stockholm"),
)  # fmt: skip
UNITS = (
    ("Sales", ""),
    ("Sales Europe", "Sales"),
    ("Sales Americas", "Sales"),
    ("Service", ""),
    ("Marketing", ""),
)


def fill_people(fill: Fill) -> None:
    units = _units(fill)
    _named_people(fill, units)
    _crowd(fill, units)
    _teams(fill, units)
    _company()
    fill.say(f"{User.objects.count():,} users in {BusinessUnit.objects.count():,} units")


def _units(fill: Fill) -> dict[str, BusinessUnit]:
    root = BusinessUnit.objects.get(parent=None)
    root.name = "Halden Labs"
    root.save()
    units = {"": root}
    for name, above in UNITS:
        units[name], _created = BusinessUnit.objects.get_or_create(name=name, parent=units[above])
    for number in range(len(UNITS) + 1, fill.plan.units):
        parent = units["Sales Europe" if number % 2 else "Sales Americas"]
        name = f"Region {number:03}"
        units[name], _created = BusinessUnit.objects.get_or_create(name=name, parent=parent)
    return units


def _named_people(fill: Fill, units: dict[str, BusinessUnit]) -> None:
    roles = {role.profile: role for role in Role.objects.all()}
    for username, name, unit, job, profiles, manager, language, zone in PEOPLE:
        user = User.objects.create_user(
            username,
            f"{username}@halden.example",
            PASSWORD,
            name=name,
            unit=units[unit],
            job_title=job,
            manager=fill.people.get(manager),
            language=language,
            time_zone=zone,
            is_staff=username == "admin",
        )
        for profile in profiles:
            roles[profile].holders.add(user)
        fill.people[username] = user
    fill.owner_ids = [fill.people[name].pk for name in ("rep", "rep2")]
    fill.agent_ids = [fill.people["agent"].pk]


def _crowd(fill: Fill, units: dict[str, BusinessUnit]) -> None:
    """Colleagues: most sell, some serve; they share the demo password."""
    password = make_password(PASSWORD)
    seats = [unit for name, unit in units.items() if name.startswith(("Sales ", "Region "))]
    roles = {role.profile: role for role in Role.objects.all()}
    for number in range(fill.plan.users - len(PEOPLE)):
        is_agent = number % 4 == 3
        name = f"{FIRST_NAMES[number * 7 % len(FIRST_NAMES)]} {LAST_NAMES[number * 11 % len(LAST_NAMES)]}"
        user = User(
            kind="user",
            username=f"user{number + 1}",
            email=f"user{number + 1}@halden.example",
            password=password,
            name=name,
            unit=units["Service"] if is_agent else seats[number % len(seats)],
            manager=None if is_agent else fill.people["manager"],
        )
        user.save(force_insert=True)
        roles["service_agent" if is_agent else "sales_rep"].holders.add(user)
        (fill.agent_ids if is_agent else fill.owner_ids).append(user.pk)


def _teams(fill: Fill, units: dict[str, BusinessUnit]) -> None:
    team = Team.objects.create(
        kind="team", name="Key accounts", unit=units["Sales"], description="Our largest customers"
    )
    TeamMembership.objects.bulk_create(
        TeamMembership(team=team, user=fill.people[name]) for name in ("rep", "rep2", "manager")
    )
    Role.objects.get(profile="sales_rep").holders.add(team)
    fill.ids["team"] = [team.pk]


def _company() -> None:
    CompanySettings.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Halden Labs",
            "address": "Halden Labs\n14 Quai des Tanneurs\n69002 Lyon\nFrance",
            "registration": "Halden Labs SAS · Capital €120,000 · RCS Lyon 000 000 000 · VAT FR00000000000",
            "email": "hello@halden.example",
            "phone": "+33 4 00 00 00 00",
            "website": "https://halden.example",
            "payment_details": "IBAN FR00 0000 0000 0000 0000 0000 000 · BIC HALDFR00",
            "document_terms": "Prices hold for 30 days. Payment within 30 days of the invoice date.",
        },
    )
    Currency.objects.update_or_create(code="USD", defaults={"rate": "1.09"})
