"""Three sample databases of our own invention, made by code: the same rows every time. `today` in them is `TODAY`.

`shop`     a web shop: customers, products, orders, order_lines
`support`  a support desk: teams, agents, accounts, tickets
`clinic`   a hospital: departments, doctors, patients, appointments, prescriptions

People share names, cells are empty, some rows belong to nobody: as in the tables of real products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from adapters.duckdb.source import Loaded
from adapters.ports import Link

TODAY = date(2025, 6, 30)
Rows = Sequence[Mapping[str, Any]]
FIRST = ("Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Klara", "Luca", "Mara",
         "Nils", "Olga", "Paul", "Rosa", "Simon", "Tara", "Viktor")  # fmt: skip
LAST = ("Almeida", "Bauer", "Costa", "Dubois", "Egger", "Fischer", "Gruber", "Huber", "Ivanova", "Jansen", "Keller",
        "Lang", "Moreau", "Novak", "Orsini", "Petit", "Rossi", "Silva", "Toth", "Vogel", "Weiss", "Yilmaz")  # fmt: skip
CITIES = {"Germany": ("Berlin", "Hamburg", "Munich"), "Austria": ("Vienna", "Graz"), "France": ("Paris", "Lyon"),
          "Italy": ("Milan", "Turin"), "Portugal": ("Porto",), "Netherlands": ("Utrecht",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One database as the source of one tenant, named as it is."""

    tenant: str
    tables: Sequence[Loaded]
    place: str = "tables.0"

    def serves(self, tenant: str) -> bool:
        """Its own tenant alone."""
        return tenant == self.tenant

    async def version(self) -> str:
        """It never changes."""
        return "1"

    async def load(self, tenant: str) -> Sequence[Loaded]:
        """All of its tables."""
        return self.tables

    async def close(self) -> None:
        """There is nothing to let go of."""


def samples() -> list[Sample]:
    """The three databases, made anew."""
    makers: Mapping[str, Callable[[Random], list[Loaded]]] = {"shop": shop, "support": support, "clinic": clinic}
    return [Sample(name, make(Random(f"sample {name}"))) for name, make in makers.items()]


def loaded(name: str, rows: Rows, description: str = "", links: Sequence[Link] = (), **columns: str) -> Loaded:
    """A table of these rows; its first column is the key, `columns` says what a column means."""
    data = pa.Table.from_pylist(list(rows))
    return Loaded(name, data, (data.column_names[0],), description, columns, tuple(links))


def skewed(chance: Random, items: Sequence[Any]) -> Any:
    """One of the items, the first ones far more often than the last."""
    return items[int(chance.expovariate(0.9)) % len(items)]


def person(chance: Random) -> str:
    """A name, which may not be the only one of its kind."""
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def day(chance: Random, first: date, last: date = TODAY) -> date:
    """A day from the first to the last."""
    return first + timedelta(days=chance.randint(0, (last - first).days))


def moment(chance: Random, first: date) -> datetime:
    """A minute of working hours, from the first day up to yesterday."""
    when = day(chance, first, TODAY - timedelta(days=1))
    return datetime(when.year, when.month, when.day, chance.randint(8, 17), chance.randint(0, 59))


def cents(chance: Random, low: int, high: int) -> Decimal:
    """An amount of money from `low` to `high`."""
    return Decimal(chance.randint(low * 100, high * 100)) / 100


GOODS = {
    "Tents": ("Alpine Tent", "Dune Tent", "Family Dome", "Trek Bivy", "Storm Tarp", "Beach Shelter"),
    "Cooking": ("Gas Stove", "Camp Kettle", "Steel Mug", "Fire Grate", "Spice Tin", "Folding Spoon", "Pan Set"),
    "Lighting": ("Head Torch", "Lantern Mini", "Lantern Pro", "Rope Light", "Bike Lamp"),
    "Clothing": ("Rain Jacket", "Wool Socks", "Sun Hat", "Fleece", "Down Vest", "Gaiters", "Trail Shirt", "Belt"),
    "Bags": ("Day Pack", "Trek Pack", "Dry Bag", "Waist Pouch", "Duffel"),
    "Tools": ("Pocket Knife", "Camp Axe", "Multi Tool", "Mallet", "Repair Kit"),
}
DOCKED = ("small", "large", "2nd edition")


def shop(chance: Random) -> list[Loaded]:
    """A web shop for camping gear: 420 customers, 72 products, 1,300 orders with their lines."""
    customers, products, orders, lines = [], [], [], []
    for number in range(1, 421):
        country = skewed(chance, list(CITIES))
        customers.append({
            "id": number, "name": person(chance), "email": f"c{number}@example.org" if chance.random() > 0.08 else None,
            "city": chance.choice(CITIES[country]) if chance.random() > 0.1 else None, "country": country,
            "segment": "business" if chance.random() < 0.25 else "private",
            "signed_up": day(chance, date(2023, 1, 1)), "newsletter": chance.random() < 0.4,
        })  # fmt: skip
    names = [(kind, name) for kind, goods in GOODS.items() for name in goods]
    names += [(kind, f"{name} {chance.choice(DOCKED)}") for kind, name in names]
    for number, (kind, name) in enumerate(names, 1):
        price = cents(chance, 4, 60) * (5 if kind == "Tents" else 1)
        products.append({
            "id": number, "name": name, "category": kind, "price": price, "cost": round(price * Decimal("0.55"), 2),
            "stock": chance.randint(0, 900), "discontinued": chance.random() < 0.15,
            "launched": day(chance, date(2020, 1, 1), date(2024, 12, 31)),
        })  # fmt: skip
    for number in range(1, 1301):
        customer = customers[min(int(chance.expovariate(0.012)), 409)]
        orders.append({
            "id": number, "customer_id": customer["id"], "ordered_on": day(chance, customer["signed_up"]),
            "status": skewed(chance, ("delivered", "shipped", "pending", "cancelled", "returned")),
            "channel": chance.choice(("web", "web", "web", "app", "app", "phone")),
            "shipping_fee": chance.choice((Decimal("0.00"), Decimal("4.90"), Decimal("7.50"))),
            "coupon": chance.choice((None, None, None, "SPRING", "WELCOME10")),
        })  # fmt: skip
        for product in chance.sample(products[:-3], chance.randint(1, 4)):
            many = chance.choice((1, 1, 1, 2, 3))
            lines.append({
                "id": len(lines) + 1, "order_id": number, "product_id": product["id"], "quantity": many,
                "amount": round(product["price"] * many * chance.choice((Decimal(1), Decimal("0.9"))), 2),
            })  # fmt: skip
    return [
        loaded("customers", customers, "People and companies that buy from us."),
        loaded("products", products, price="what one piece costs", cost="what one piece costs us"),
        loaded("orders", orders, links=[Link("orders", "customer_id", "customers", "id")]),
        loaded("order_lines", lines, "The products of each order.", amount="what was paid for the line", links=[
            Link("order_lines", "order_id", "orders", "id"), Link("order_lines", "product_id", "products", "id")]),
    ]  # fmt: skip


def support(chance: Random) -> list[Loaded]:
    """A support desk: 5 teams, 38 agents, 130 accounts, 1,500 tickets."""
    teams = [{"id": number, "name": name, "region": chance.choice(("EMEA", "Americas"))}
             for number, name in enumerate(("Billing", "Hardware", "Onboarding", "Integrations", "Night Shift"), 1)]
    agents, accounts, tickets = [], [], []
    for number in range(1, 39):
        agents.append({
            "id": number, "full_name": person(chance), "team_id": chance.randint(1, 5),
            "hired_on": day(chance, date(2016, 1, 1), date(2025, 3, 31)),
            "level": skewed(chance, ("junior", "senior", "lead")), "active": chance.random() > 0.2,
        })  # fmt: skip
    ends, heads = ("Logistics", "Labs", "Foods", "Media", "Energy"), ("Nord", "Bright", "Oak", "Zen", "Terra", "Vela")
    for number in range(1, 131):
        plan = skewed(chance, ("free", "team", "enterprise"))
        seats = {"free": 5, "team": 40, "enterprise": 320}[plan]
        accounts.append({
            "id": number, "company": f"{chance.choice(heads)} {chance.choice(ends)} {number}", "plan": plan,
            "industry": skewed(chance, ("software", "retail", "finance", "health", "education", "transport")),
            "seats": chance.randint(1, seats), "country": skewed(chance, list(CITIES)),
            "monthly_fee": {"free": 0.0, "team": 49.0, "enterprise": 890.0}[plan] + chance.randint(0, 20),
        })  # fmt: skip
    for number in range(1, 1501):
        opened, status = moment(chance, date(2024, 1, 1)), skewed(chance, ("closed", "open", "waiting"))
        closed = opened + timedelta(minutes=chance.randint(5, 9000)) if status == "closed" else None
        tickets.append({
            "id": number, "account_id": accounts[min(int(chance.expovariate(0.02)), 129)]["id"],
            "agent_id": chance.randint(1, 35) if chance.random() > 0.07 else None,
            "opened_at": opened, "closed_at": closed, "status": status,
            "priority": skewed(chance, ("normal", "low", "high", "urgent")),
            "topic": chance.choice(("login", "login", "invoice", "printer", "import", "api", "refund")),
            "channel": skewed(chance, ("email", "chat", "phone")),
            "rating": chance.choice((1, 2, 3, 4, 4, 5, 5)) if closed and chance.random() < 0.6 else None,
        })  # fmt: skip
    return [
        loaded("teams", teams), loaded("agents", agents, links=[Link("agents", "team_id", "teams", "id")]),
        loaded("accounts", accounts, "The companies that we support.", monthly_fee="euros a month"),
        loaded("tickets", tickets, rating="what the customer gave, from 1 to 5 stars", links=[
            Link("tickets", "account_id", "accounts", "id"), Link("tickets", "agent_id", "agents", "id")]),
    ]  # fmt: skip


WARDS = (("CAR", "Cardiology", 3, 40), ("ORT", "Orthopaedics", 2, 55), ("PED", "Paediatrics", 1, 38),
         ("NEU", "Neurology", 4, 26), ("DER", "Dermatology", 1, 8), ("EME", "Emergency", 0, 22))  # fmt: skip


def clinic(chance: Random) -> list[Loaded]:
    """A hospital: 6 departments, 32 doctors, 480 patients, 1,600 appointments, 900 prescriptions."""
    departments = [dict(zip(("code", "name", "floor", "beds"), ward, strict=True)) for ward in WARDS]
    doctors, patients, visits, prescriptions = [], [], [], []
    for number in range(1, 33):
        doctors.append({
            "id": number, "name": f"Dr. {person(chance)}", "department_code": chance.choice(WARDS)[0],
            "hired_on": day(chance, date(2008, 1, 1), date(2025, 1, 31)),
            "salary": 70_000 + 137 * number * number % 64_000,
        })  # fmt: skip
    for number in range(1, 481):
        patients.append({
            "id": number, "name": person(chance), "gender": chance.choice("fm"),
            "birth_date": day(chance, date(1934, 1, 1), date(2024, 6, 1)),
            "city": skewed(chance, ("Vienna", "Linz", "Graz", "Salzburg", "Wels")),
            "insurer": chance.choice((None, "Aurora", "Aurora", "Merkur", "Helvia", "Public Fund", "Public Fund")),
            "blood_type": chance.choice(("0+", "0+", "A+", "A+", "B+", "AB+", "0-", "A-")),
        })  # fmt: skip
    for number in range(1, 1601):
        kind = skewed(chance, ("check-up", "follow-up", "surgery", "vaccination"))
        visits.append({
            "id": number, "patient_id": chance.randint(1, 440), "doctor_id": min(int(chance.expovariate(0.07)) + 1, 32),
            "starts_at": moment(chance, date(2023, 7, 1)), "kind": kind,
            "minutes": chance.choice((15, 20, 30)) * (5 if kind == "surgery" else 1),
            "outcome": skewed(chance, ("completed", "no-show", "cancelled")), "fee": float(chance.randint(20, 400)),
        })  # fmt: skip
    drugs = ("ibuprofen", "amoxicillin", "metformin", "bisoprolol", "cetirizine", "warfarin")
    for number in range(1, 901):
        prescriptions.append({
            "id": number, "appointment_id": chance.randint(1, 1600), "drug": skewed(chance, drugs),
            "dose_mg": chance.choice((5, 50, 250, 500)), "days": chance.choice((3, 7, 14, 30)),
        })  # fmt: skip
    return [
        loaded("departments", departments), loaded("patients", patients),
        loaded("doctors", doctors, links=[Link("doctors", "department_code", "departments", "code")], salary="a year"),
        loaded("appointments", visits, links=[
            Link("appointments", "patient_id", "patients", "id"), Link("appointments", "doctor_id", "doctors", "id")]),
        loaded("prescriptions", prescriptions,
               links=[Link("prescriptions", "appointment_id", "appointments", "id")], dose_mg="milligrams a dose"),
    ]  # fmt: skip
