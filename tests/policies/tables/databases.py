"""Three small databases, and what a schema says of them, read from DuckDB itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import duckdb

from adapters.ports import Column, Link, Schema, Table
from tests.policies.tables import ledgers
from tests.policies.tables.desks import KEYS, LINKS

CLINIC = """
create table departments (id integer, name varchar, floor integer);
insert into departments values (1, 'Cardiology', 2), (2, 'Radiology', 1), (3, 'Pediatrics', 3);
create table doctors (id integer, full_name varchar, specialty varchar, department_id integer, salary integer,
                      hire_date date, gender varchar);
insert into doctors values
 (1, 'Anna Weiss', 'Surgeon', 1, 9000, '2015-04-01', 'F'), (2, 'Bruno Kern', 'Internist', 1, 7000, '2019-09-15', 'M'),
 (3, 'Clara Voss', 'Radiologist', 2, 8000, '2020-01-10', 'F'), (4, 'David Lind', 'Pediatrician', 3, 7500,
 '2021-06-01', 'M'),
 (5, 'Eva Stein', 'Pediatrician', 3, 7500, '2024-02-01', 'F');
create table patients (id integer, name varchar, birth_date date, city varchar, phone varchar, insured boolean,
                       weight_kg double);
insert into patients values
 (1, 'Otto Brand', '1950-05-05', 'Hamburg', '111', true, 82.5), (2, 'Paula Diehl', '1988-11-20', 'Bremen', null,
 true, 61),
 (3, 'Quinn Ebert', '2015-01-30', 'Hamburg', '333', false, 30), (4, 'Rosa Falk', '1972-07-07', 'New Ulm', null, true,
 70.2),
 (5, 'Sven Graf', '1999-12-31', 'Bremen', '555', false, 95), (6, 'Tina Hahn', '2001-03-03', 'Hamburg', '666', true,
 null);
create table appointments (id integer, patient_id integer, doctor_id integer, appointment_date date, status varchar,
                           fee double, duration_minutes integer);
insert into appointments values
 (1, 1, 1, '2023-11-02', 'completed', 120, 30), (2, 1, 2, '2023-12-10', 'completed', 80, 20),
 (3, 2, 3, '2024-01-05', 'completed', 200, 45), (4, 3, 4, '2024-01-20', 'no show', 60, 15),
 (5, 3, 5, '2024-02-11', 'completed', 60, 15), (6, 4, 1, '2024-03-01', 'cancelled', 0, 10),
 (7, 5, 2, '2024-03-15', 'completed', 95.5, 25), (8, 1, 3, '2024-04-01', 'completed', 210, 50),
 (9, 2, 1, '2024-04-18', 'scheduled', 130, 30), (10, 1, 1, '2024-05-02', 'scheduled', 130, 30);
"""
BIKES = """
create table stations (station_id integer, station_name varchar, district varchar, capacity integer);
insert into stations values (1, 'Central', 'Mitte', 40), (2, 'Harbor', 'Nord', 25), (3, 'Old Town', 'Mitte', 30),
 (4, 'Airport', 'Ost', 15);
create table bikes (bike_id integer, model varchar, bike_type varchar, purchase_price double, station_id integer,
                    is_available boolean, last_service_date date);
insert into bikes values
 (1, 'Trek One', 'city', 500, 1, true, '2024-01-10'), (2, 'Trek One', 'city', 520, 1, false, '2023-08-01'),
 (3, 'Volt X', 'electric', 1500, 2, true, null), (4, 'Volt X', 'electric', 1450, 3, true, '2024-05-01'),
 (5, 'Cargo Max', 'cargo', 2100, 3, false, null), (6, 'Volt Y', 'electric', 1700, 1, true, '2024-04-04');
create table members (member_id integer, first_name varchar, last_name varchar, plan varchar, joined_on date,
                      email varchar, age integer);
insert into members values
 (1, 'Ada', 'Lund', 'Gold', '2022-02-01', 'ada@x.org', 34), (2, 'Ben', 'Moor', 'Basic', '2023-03-05', null, 19),
 (3, 'Cem', 'Nagy', 'Gold', '2023-07-19', 'cem@x.org', 51), (4, 'Dora', 'Oster', 'Student Plus', '2024-01-02', null,
 22);
create table rentals (rental_id integer, bike_id integer, member_id integer, rental_date date, return_date date,
                      distance_km double, cost_eur double);
insert into rentals values
 (1, 1, 1, '2024-05-01', '2024-05-01', 5.5, 4.0), (2, 3, 1, '2024-05-03', '2024-05-04', 12, 9.5),
 (3, 3, 2, '2024-05-10', '2024-05-10', 8, 7), (4, 5, 3, '2024-05-20', null, 20, 15),
 (5, 1, 3, '2024-06-02', '2024-06-02', 3, 2.5), (6, 4, 1, '2024-06-05', '2024-06-06', 30, 21),
 (7, 3, 2, '2024-06-10', null, 10, 8), (8, 2, 1, '2023-12-24', '2023-12-24', 6, 5);
"""
LIBRARY = """
create table authors (id integer, name varchar, country varchar);
insert into authors values (1, 'Mara Olin', 'Norway'), (2, 'Jon Pike', 'Ireland'), (3, 'Lee Quan', 'Canada');
create table books (isbn varchar, title varchar, author_id integer, genre varchar, publication_year integer,
                    pages integer, price decimal(8, 2));
insert into books values
 ('a1', 'Cold Light', 1, 'Crime', 1999, 320, 12.5), ('a2', 'Warm Dark', 1, 'Crime', 2005, 410, 15),
 ('b1', 'The Long Field', 2, 'Poetry', 2012, 90, 9), ('b2', 'Salt', 2, 'Science Fiction', 2018, 500, 22),
 ('c1', 'Maps', 3, 'Science Fiction', 2018, 280, 18.75), ('c2', 'Blue Owl', 3, 'Children', 2021, 40, 11);
create table "LibraryMembers" ("memberId" integer, "memberName" varchar, "memberType" varchar, "signupDate" timestamp);
insert into "LibraryMembers" values
 (1, 'Uma Rey', 'Adult', '2022-01-05 10:00:00'), (2, 'Vik Sol', 'Student', '2023-05-05 09:30:00'),
 (3, 'Wim Tal', 'Adult', '2023-09-01 12:00:00'), (4, 'Xia Una', 'Senior', '2024-02-02 08:00:00');
create table loans (id integer, isbn varchar, "memberId" integer, loan_date date, due_date date, returned_date date,
                    fine double);
insert into loans values
 (1, 'a1', 1, '2024-01-03', '2024-01-24', '2024-01-20', 0), (2, 'a1', 2, '2024-02-10', '2024-03-02', '2024-03-10', 2.5),
 (3, 'b2', 1, '2024-02-15', '2024-03-07', null, null), (4, 'c1', 3, '2024-03-01', '2024-03-22', '2024-03-20', 0),
 (5, 'a2', 1, '2024-03-05', '2024-03-26', '2024-04-02', 1.5), (6, 'b2', 2, '2023-12-01', '2023-12-22', '2023-12-20', 0),
 (7, 'a1', 3, '2024-04-01', '2024-04-22', null, null);
"""
_TYPES = {"VARCHAR": "text", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number", "DATE": "date",
          "TIMESTAMP": "timestamp", "BOOLEAN": "boolean"}  # fmt: skip
_KEYS: dict[str, dict[str, str]] = {
    CLINIC: {"departments": "id", "doctors": "id", "patients": "id", "appointments": "id"},
    BIKES: {"stations": "station_id", "bikes": "bike_id", "members": "member_id", "rentals": "rental_id"},
    LIBRARY: {"authors": "id", "books": "isbn", "LibraryMembers": "memberId", "loans": "id"},
}
_LINKS: dict[str, tuple[Link, ...]] = {
    CLINIC: (Link("doctors", "department_id", "departments", "id"), Link("appointments", "patient_id", "patients",
        "id"),
             Link("appointments", "doctor_id", "doctors", "id")),
    BIKES: (Link("bikes", "station_id", "stations", "station_id"), Link("rentals", "bike_id", "bikes", "bike_id"),
            Link("rentals", "member_id", "members", "member_id")),
    LIBRARY: (Link("books", "author_id", "authors", "id"), Link("loans", "isbn", "books", "isbn"),
              Link("loans", "memberId", "LibraryMembers", "memberId")),
}  # fmt: skip
_DESCRIPTIONS = {
    ("members", ""): "Riders of the bike rental",
    ("rentals", "cost_eur"): "Charge for the ride in EUR",
    ("LibraryMembers", ""): "Members of the library",
}


def schema_of(
    connection: Any, keys: dict[str, str], links: tuple[Link, ...], described: dict[tuple[str, str], str] | None = None
) -> Schema:
    """What the adapter would say of the tables that a connection holds."""
    names = connection.execute("select table_name from duckdb_tables() order by table_oid").fetchall()
    tables = [_table(connection, name, keys.get(name), described or {}) for (name,) in names]
    return Schema("1", tuple(tables), links)


def _table(connection: Any, name: str, key: str | None, described: dict[tuple[str, str], str]) -> Table:
    found = connection.execute(
        "select column_name, data_type from duckdb_columns() where table_name = ? order by column_index", [name]
    ).fetchall()
    columns = []
    for column, kind in found:
        distinct, nulls = connection.execute(
            f'select count(distinct "{column}"), count(*) - count("{column}") from "{name}"'
        ).fetchone()
        values = connection.execute(
            f'select "{column}" from "{name}" where "{column}" is not null group by 1 order by count(*) desc, 1'
        ).fetchall()
        known = tuple(value for (value,) in values) if kind == "VARCHAR" else ()
        typed: Any = _TYPES.get(kind, "number")
        columns.append(Column(column, typed, described.get((name, column), ""), known, distinct, nulls))
    rows = connection.execute(f'select count(*) from "{name}"').fetchone()[0]
    return Table(name, tuple(columns), (key,) if key else (), described.get((name, ""), ""), rows)


@lru_cache(maxsize=8)
def opened(script: str) -> tuple[Any, Schema]:
    """The database of a script, and its schema."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(script)
    keys, links = (_KEYS | KEYS | ledgers.KEYS)[script], (_LINKS | LINKS | ledgers.LINKS)[script]
    return connection, schema_of(connection, keys, links, _DESCRIPTIONS)
