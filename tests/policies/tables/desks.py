"""A shop, a support desk and a hospital, with rows that lead nowhere and rows that nothing leads to."""

from __future__ import annotations

from adapters.ports import Link

SHOP = """
create table categories (category_id integer, name varchar);
insert into categories values (1, 'Kitchen'), (2, 'Garden'), (3, 'Office'), (4, 'Toys');
create table products (product_id integer, name varchar, category_id integer, price double, stock integer,
 discontinued boolean, added_on date);
insert into products values (1, 'Kettle', 1, 39.9, 12, false, '2022-01-01'),
 (2, 'Pan', 1, 25, 0, false, '2022-05-01'), (3, 'Rake', 2, 18, 40, true, '2021-03-01'),
 (4, 'Desk Lamp', 3, 55, 7, false, '2023-08-08'), (5, 'Stapler', 3, 9.5, 120, false, '2023-01-01');
create table customers (customer_id integer, full_name varchar, email varchar, city varchar,
 country varchar, signup_date date, birth_date date);
insert into customers values (1, 'Ann Lee', 'a@x', 'Lyon', 'France', '2021-02-02', '1980-01-01'),
 (2, 'Bob Ray', null, 'Lyon', 'France', '2022-02-02', '1990-01-01'),
 (3, 'Cat Orr', 'c@x', 'Lyon', 'France', '2023-02-02', '1975-01-01'),
 (4, 'Dan Fox', 'd@x', 'Turin', 'Italy', '2024-02-02', null),
 (5, 'Eve Kim', 'e@x', 'Turin', 'Italy', '2024-03-02', '2000-01-01');
create table orders (order_id integer, customer_id integer, order_date date, status varchar,
 total_amount double, payment_method varchar);
insert into orders values (1, 1, '2023-11-01', 'delivered', 100, 'card'),
 (2, 1, '2024-03-05', 'shipped', 50, 'card'), (3, 2, '2024-04-05', 'cancelled', 20, 'paypal'),
 (4, 3, '2024-05-20', 'delivered', 75, 'card'), (5, 3, '2024-06-01', 'pending', 15, 'invoice'),
 (6, 1, '2024-06-10', 'delivered', 60, 'paypal');
create table order_items (item_id integer, order_id integer, product_id integer, quantity integer,
 unit_price double);
insert into order_items values (1, 1, 1, 2, 39.9), (2, 1, 2, 1, 25), (3, 2, 3, 1, 18), (4, 3, 5, 2, 9.5),
 (5, 4, 4, 1, 55), (6, 5, 5, 1, 9.5), (7, 6, 1, 1, 39.9);
create table reviews (review_id integer, product_id integer, customer_id integer, rating integer,
 created_at timestamp);
insert into reviews values (1, 1, 1, 5, '2024-01-01 10:00:00'), (2, 1, 2, 4, '2024-02-01 10:00:00'),
 (3, 4, 3, 2, '2024-06-01 10:00:00');
"""
DESK = """
create table teams (id integer, name varchar);
insert into teams values (1, 'Billing'), (2, 'Network'), (3, 'Field');
create table agents (id integer, name varchar, team_id integer, hired_on date, email varchar);
insert into agents values (1, 'Zoe Hill', 1, '2019-01-01', 'z@x'), (2, 'Yan Moss', 1, '2020-01-01', null),
 (3, 'Xi Lau', 2, '2023-05-01', 'x@x'), (4, 'Wes Dow', null, '2024-01-01', 'w@x');
create table clients (id integer, company varchar, plan varchar, country varchar, since date);
insert into clients values (1, 'Acme', 'pro', 'Spain', '2020-01-01'),
 (2, 'Bolt', 'free', 'Spain', '2021-01-01'), (3, 'Crux', 'pro', 'Peru', '2022-01-01'),
 (4, 'Dyne', 'basic', 'Chile', '2024-01-01');
create table tickets (id integer, client_id integer, agent_id integer, subject varchar, priority varchar,
 status varchar, reason varchar, opened_at timestamp, closed_at timestamp, satisfaction integer);
insert into tickets values (1, 1, 1, 'a', 'high', 'closed', 'login', '2024-01-05 10:00:00', '2024-01-06 10:00:00', 5),
 (2, 1, 1, 'b', 'low', 'closed', 'billing', '2024-02-05 10:00:00', '2024-02-06 10:00:00', 3),
 (3, 2, 2, 'c', 'high', 'open', 'login', '2024-05-25 10:00:00', null, null),
 (4, 3, null, 'd', 'urgent', 'open', 'outage', '2024-06-05 10:00:00', null, null),
 (5, 3, 3, 'e', 'low', 'closed', 'login', '2024-03-15 10:00:00', '2024-03-15 12:00:00', 4),
 (6, 2, null, 'f', 'low', 'waiting', 'billing', '2024-06-14 10:00:00', null, null);
create table comments (id integer, ticket_id integer, author varchar, created_at timestamp, body varchar);
insert into comments values (1, 1, 'Zoe', '2024-01-05 11:00:00', 'x y z hello'),
 (2, 1, 'Ann', '2024-01-05 12:00:00', 'x'), (3, 5, 'Xi', '2024-03-15 11:00:00', 'y');
"""
HOSPITAL = """
create table wards (id integer, name varchar, floor integer, beds integer);
insert into wards values (1, 'Cardiology', 2, 20), (2, 'Surgery', 3, 30), (3, 'Pediatrics', 1, 15);
create table physicians (id integer, first_name varchar, last_name varchar, ward_id integer,
 specialty varchar, salary integer);
insert into physicians values (1, 'Ola', 'Berg', 1, 'Cardiologist', 9000),
 (2, 'Per', 'Lind', 2, 'Surgeon', 11000), (3, 'Siv', 'Holm', 2, 'Surgeon', 10000),
 (4, 'Tor', 'Vik', 3, 'Pediatrician', 8000);
create table patients (id integer, name varchar, gender varchar, birth_date date, city varchar,
 insurance varchar, blood_type varchar);
insert into patients values (1, 'Al Ode', 'M', '1950-01-01', 'Oslo', 'Public', 'A+'),
 (2, 'Bea Roe', 'F', '1990-01-01', 'Oslo', 'Private', '0+'),
 (3, 'Cyd Poe', 'F', '2010-01-01', 'Bergen', null, 'A+'),
 (4, 'Dex Noe', 'M', '1985-01-01', 'Bergen', 'Public', 'B+'),
 (5, 'Eli Moe', 'M', '1970-01-01', 'Oslo', null, 'A+');
create table admissions (id integer, patient_id integer, ward_id integer, admitted_on date,
 discharged_on date, reason varchar, cost double);
insert into admissions values (1, 1, 1, '2024-01-01', '2024-01-10', 'Heart attack', 5000),
 (2, 2, 2, '2024-02-01', '2024-02-03', 'Fracture', 2000), (3, 1, 1, '2024-03-01', null, 'Arrhythmia', 3000),
 (4, 4, 2, '2024-05-30', '2024-06-02', 'Fracture', 2500);
create table visits (id integer, patient_id integer, physician_id integer, visit_date date,
 duration_minutes integer, diagnosis varchar, no_show boolean);
insert into visits values (1, 1, 1, '2023-12-01', 30, 'Hypertension', false),
 (2, 2, 2, '2024-01-15', 20, 'Fracture', false), (3, 2, 3, '2024-02-15', 25, 'Hypertension', false),
 (4, 4, 1, '2024-06-01', 15, 'Flu', true), (5, 1, 1, '2024-06-10', 40, 'Hypertension', false);
"""
KEYS: dict[str, dict[str, str]] = {
    SHOP: {"categories": "category_id", "products": "product_id", "customers": "customer_id", "orders": "order_id",
           "order_items": "item_id", "reviews": "review_id"},
    DESK: dict.fromkeys(("teams", "agents", "clients", "tickets", "comments"), "id"),
    HOSPITAL: dict.fromkeys(("wards", "physicians", "patients", "admissions", "visits"), "id"),
}  # fmt: skip
LINKS: dict[str, tuple[Link, ...]] = {
    SHOP: (
        Link("products", "category_id", "categories", "category_id"),
        Link("orders", "customer_id", "customers", "customer_id"),
        Link("order_items", "order_id", "orders", "order_id"),
        Link("order_items", "product_id", "products", "product_id"),
        Link("reviews", "product_id", "products", "product_id"),
        Link("reviews", "customer_id", "customers", "customer_id"),
    ),
    DESK: (
        Link("agents", "team_id", "teams", "id"), Link("tickets", "client_id", "clients", "id"),
        Link("tickets", "agent_id", "agents", "id"), Link("comments", "ticket_id", "tickets", "id"),
    ),
    HOSPITAL: (
        Link("physicians", "ward_id", "wards", "id"), Link("admissions", "patient_id", "patients", "id"),
        Link("admissions", "ward_id", "wards", "id"), Link("visits", "patient_id", "patients", "id"),
        Link("visits", "physician_id", "physicians", "id"),
    ),
}  # fmt: skip
