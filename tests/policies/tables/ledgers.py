"""Bills in several currencies, with flags, dates and figures that may be missing; and questions of them."""

from __future__ import annotations

from adapters.ports import Link

BOOKS = """
create table clients (id integer, name varchar, country varchar, allergies varchar, parent_id integer);
insert into clients values
 (1, 'Ann', 'Peru', 'none', null), (2, 'Ben', 'Chile', null, 1), (3, 'Cat', 'Peru', 'nuts', 1);
create table bills (id integer, client_id integer, amount double, currency varchar, discount double, shipping_cost
 double, is_paid boolean, status varchar, sent_on date, billed_on date);
insert into bills values (1, 1, 10, 'EUR', 0, 5, true, 'sent', '2024-01-02', '2024-01-01'),
 (2, 1, 25, 'USD', null, 0, false, 'draft', null, '2024-02-01'), (3, 2, 30, 'EUR', 5, null, true, 'sent', '2024-03-02',
 '2024-03-01'), (4, 3, 40, 'USD', 0, 1, true, 'lost', '2024-03-09', '2024-03-05');
create table payments (id integer, client_id integer, amount double, refunded boolean, received_on date);
insert into payments values (1, 1, 100, false, '2024-01-01'), (2, 1, 5, true, '2024-02-01'),
 (3, 2, 7, false, '2024-03-01');
create table contracts (id integer, client_id integer, fee double, trial boolean, start_date date, end_date date,
 signed_on date);
insert into contracts values (1, 1, 9, true, '2024-01-01', '2030-01-01', '2023-12-01'),
 (2, 2, 8, null, '2024-05-01', null, null);
"""
KEYS = {BOOKS: dict.fromkeys(("clients", "bills", "payments", "contracts"), "id")}
LINKS = {BOOKS: (Link("bills", "client_id", "clients", "id"), Link("payments", "client_id", "clients", "id"),
                 Link("contracts", "client_id", "clients", "id"), Link("clients", "parent_id", "clients", "id"))}
LEDGERS: dict[str, tuple[tuple[str, str], ...]] = {
    BOOKS: (
        ("How many bills over 20 EUR?", "select count(*) from bills where amount > 20 and currency = 'EUR'"),
        ("How many bills have an amount above $20?", "select count(*) from bills where amount > 20 and currency='USD'"),
        ("Which bills are between 20 and 40 dollars?", "select id from bills where amount > 19 and currency = 'USD'"),
        ("What is the total amount of EUR bills?", "select sum(amount) from bills where currency = 'EUR'"),
        ("Total amount of bills per currency", "select currency, sum(amount) from bills group by 1"),
        ("How many trials?", "select count(*) from contracts where trial"),
        ("How many refunded?", "select count(*) from payments where refunded"),
        ("How many bills are sent?", "select count(*) from bills where status = 'sent'"),
        ("How many contracts have no end date?", "select count(*) from contracts where end_date is null"),
        ("How many clients have payments?", "select 2"),
        ("How many bills have a discount of 0?", "select count(*) from bills where discount = 0"),
        ("Which client has the most payments?", "select 'Ann'"),
        ("How many contracts have a fee over 8?", "select 1"),
        ("What percentage of payments are refunded?", "select 100.0 / 3"),
    ),
}  # fmt: skip
NOT_LEDGERS: dict[str, tuple[tuple[str, str], ...]] = {
    BOOKS: (
        ("How many bills over 20 GBP?", "How many bills over 20 EUR?"),
        ("How many contracts have a fee over $8?", "How many contracts have a fee over 8?"),
        ("What is the total amount of bills?", "What is the total amount of bills per currency?"),
        ("Which bill has the highest amount?", "Which payment has the highest amount?"),
        ("How many received?", "How many refunded?"),
        ("How many signed?", "How many trials?"),
        ("How many different trials are there?", "How many trials?"),
        ("How many bills have no discount?", "How many bills have a discount of 0?"),
        ("How many bills have a discount?", "How many bills have a discount of 0?"),
        ("How many clients have no allergies?", "How many contracts have no end date?"),
        ("Which clients have not paid?", "Which clients have no payments?"),
        ("Which clients have paid?", "Which clients have payments?"),
        ("How much has Ann paid?", "How many payments does Ann have?"),
        ("Which client paid the most?", "Which client has the most payments?"),
        ("How many contracts have ended?", "How many contracts have no end date?"),
        ("How many bills were sent?", "How many bills are sent?"),
        ("How many bills cost over 3?", "How many bills have a shipping cost over 3?"),
        ("What percentage of contracts are trials?", "What percentage of payments are refunded?"),
        ("How many allergies are there?", "How many countries are there?"),
        ("How many payments were refunded in February 2024?", "How many payments are refunded?"),
        ("How many clients does Ann have?", "How many payments does Ann have?"),
        ("How many clients are in Ann?", "How many clients are in Peru?"),
    ),
}  # fmt: skip
