"""The English that questions over tables are read by. Words stand in lower case; those that are compared with the words
of a schema are folded like them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


class Phrases(tuple[tuple[str, ...], ...]):
    """Phrases, the longest first, and by their first word, so that few of them are compared with a question."""

    by: dict[str, list[tuple[str, ...]]]


@lru_cache(maxsize=512)
def phrases(text: str) -> Phrases:
    """Phrases apart by "|"."""
    found = Phrases(sorted({tuple(each.split()) for each in text.split("|")}, key=lambda each: (-len(each), each)))
    found.by = {}
    for each in found:
        found.by.setdefault(each[0], []).append(each)
    return found


ABBREVIATIONS = {
    "qty": "quantity", "amt": "amount", "dept": "department", "addr": "address", "tel": "phone", "telephone": "phone",
    "avg": "average", "yr": "year", "emp": "employee", "cust": "customer", "prod": "product", "desc": "description",
    "e-mail": "email", "colour": "color", "dob": "birthday", "num": "number", "cat": "category",
}  # fmt: skip
IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot", "mice": "mouse",
    "shelves": "shelf", "wives": "wife", "lives": "life", "knives": "knife", "leaves": "leaf", "staffs": "staff",
    "indices": "index", "matrices": "matrix", "criteria": "criterion", "thieves": "thief", "halves": "half",
    "canceled": "cancelled",
}  # fmt: skip
CURRENCIES = {
    "usd": "usd", "dollar": "usd", "$": "usd", "eur": "eur", "euro": "eur", "€": "eur", "gbp": "gbp", "pound": "gbp",
    "£": "gbp",
}  # fmt: skip
MEASURES = {
    "kg": "kg", "kilo": "kg", "kilogram": "kg", "g": "g", "gram": "g", "lb": "lb", "km": "km", "kilometer": "km",
    "kilometre": "km", "m": "m", "meter": "m", "metre": "m", "cm": "cm", "mm": "mm", "mile": "mile", "mi": "mile",
    "minute": "min", "min": "min", "mins": "min", "hour": "hour", "hr": "hour", "hrs": "hour", "h": "hour",
    "second": "sec", "sec": "sec", "secs": "sec", "dai": "day", "day": "day", "month": "month", "week": "week",
    "page": "page", "year": "year", "percent": "percent", "pct": "percent", "ms": "ms", "liter": "l", "litre": "l",
}  # fmt: skip
UNITS = frozenset(CURRENCIES) | (frozenset(MEASURES) - {"page", "year", "month", "week", "day"})
WEAK = words("""row record table list entry entri data information info detail one each all every value number text
name date time
    id identifier code thing item type kind flag unique primary foreign key""")
"""What a description begins with without naming anything."""
FUNCTION = words("""a an the of in on at for from to by with without and or not no is are was were be been has have had
do does did
    that which who whom whose what when where how many much there than more less most least over under above below
    between before after since until all any each every per top bottom first last only both other none never ever
    total average sum count number highest lowest maximum minimum max min show list give find get tell me us our we i
    it its they their this these those as if so up out yes""")
"""Words of the grammar: no value of a column is told by them alone."""
PERSONS = words("""customer client person user member patient doctor nurs student teacher professor employee staff
author player
    driver rider guest visitor owner worker manager supplier passenger pilot actor director singer artist reader
    borrower subscriber contact agent coach physician surgeon technician mechanic instructor trainer""")

SYNONYMS = (words("customer client buyer shopper"), words("employee staff worker"), words("product article"),
            words("doctor physician"), words("ticket case"), words("medication medicine drug"))  # fmt: skip
"""Words of which the one names a table that bears another of them, where no table, column or value bears it."""

PRICE = ("price", "cost", "fee", "rate", "tariff", "fare")
MONEY = (*PRICE, "amount", "total", "salari", "revenue", "budget", "payment", "balance", "income", "wage", "value",
         "paid", "spent", "charge", "sale")  # fmt: skip
PARTIAL = words("""shipping fuel deliveri freight handling labor labour material maintenance insurance toll tip
    deposit""")
"""What stands before a cost that is only a part of the whole."""
_AGE, _LENGTH, _TIME = ("age",), ("length",), ("duration", "runtime", "time", "minute", "hour")
_BIRTH = ("birthday", "birthdai", "birthdate", "birth date", "date of birth", "birth year", "birth")
_SIZE = ("size", "capaciti", "population", "area")
_WEIGHT, _HEIGHT, _SPEED = ("weight",), ("height",), ("speed",)


class Degree(NamedTuple):
    """What an adjective measures: heads of columns, and whether more of it is a greater number."""

    heads: tuple[str, ...]
    up: bool = True


SPENT = phrases("spend|spent|pay|paid|spend in total|spent in total|pay in total|paid in total")
CONTAIN = phrases("contain|contains|containing|that contain|include|includes|including|that include|which contain")
JOINS = words("join signup hir regist enrol")
"""Roots of what a person does who begins to belong."""
DATE = "*date"
"""In place of a column: the date of a row itself."""
SUPERLATIVES: dict[str, tuple[Degree, ...]] = {
    "most expensive": (Degree(PRICE),), "priciest": (Degree(PRICE),), "costliest": (Degree(PRICE),),
    "least expensive": (Degree(PRICE, False),), "cheapest": (Degree(PRICE, False),),
    "oldest": (Degree(_AGE), Degree(_BIRTH, False), Degree((DATE,), False)),
    "youngest": (Degree(_AGE, False), Degree(_BIRTH)),
    "newest": (Degree((DATE,)),), "latest": (Degree((DATE,)),), "most recent": (Degree((DATE,)),),
    "earliest": (Degree((DATE,), False),),
    "longest": (Degree(_LENGTH), Degree(_TIME), Degree(("distance",)), Degree(("page",))),
    "shortest": (Degree(_LENGTH, False), Degree(_TIME, False), Degree(_HEIGHT, False), Degree(("distance",), False)),
    "tallest": (Degree(_HEIGHT),), "heaviest": (Degree(_WEIGHT),), "lightest": (Degree(_WEIGHT, False),),
    "largest": (Degree(_SIZE),), "biggest": (Degree(_SIZE),), "smallest": (Degree(_SIZE, False),),
    "fastest": (Degree(_SPEED),), "slowest": (Degree(_SPEED, False),), "highest paid": (Degree(("salari", "wage")),),
    "best paid": (Degree(("salari", "wage")),), "lowest paid": (Degree(("salari", "wage"), False),),
    "highest rated": (Degree(("rating", "score")),), "best rated": (Degree(("rating", "score")),),
    "top rated": (Degree(("rating", "score")),), "lowest rated": (Degree(("rating", "score"), False),),
    "worst rated": (Degree(("rating", "score"), False),),
}  # fmt: skip
COMPARATIVES: dict[str, tuple[Degree, ...]] = {
    "more expensive": (Degree(PRICE),), "less expensive": (Degree(PRICE, False),), "cheaper": (Degree(PRICE, False),),
    "older": (Degree(_AGE),), "younger": (Degree(_AGE, False),), "heavier": (Degree(_WEIGHT),),
    "lighter": (Degree(_WEIGHT, False),), "taller": (Degree(_HEIGHT),), "faster": (Degree(_SPEED),),
    "longer": (Degree(_LENGTH), Degree(_TIME), Degree(("distance",)), Degree(("page",))),
    "shorter": (Degree(_LENGTH, False), Degree(_TIME, False), Degree(_HEIGHT, False), Degree(("distance",), False)),
    "larger": (Degree(_SIZE),), "bigger": (Degree(_SIZE),), "smaller": (Degree(_SIZE, False),),
}  # fmt: skip
VERBS: dict[str, tuple[str, ...]] = dict(
    **dict.fromkeys(["cost", "costs", "costing", "costed", "priced"], PRICE),
    **dict.fromkeys(["weigh", "weighs", "weighing", "weighed"], _WEIGHT),
    **dict.fromkeys(["last", "lasts", "lasting", "lasted"], (*_TIME, *_LENGTH)),
    **dict.fromkeys(["earn", "earns", "earning", "paid"], ("salari", "wage")),
    **dict.fromkeys(["aged"], _AGE),
    **dict.fromkeys(["rated"], ("rating", "score")),
)
"""Verbs that measure, each with the heads of what it measures."""

AGGREGATES = {
    "average": "avg", "mean": "avg", "avg": "avg", "total": "sum", "sum": "sum", "combined": "sum", "overall": "sum",
    "highest": "max", "maximum": "max", "max": "max", "largest": "max", "biggest": "max", "greatest": "max",
    "lowest": "min", "minimum": "min", "min": "min", "smallest": "min", "median": "median",
    "latest": "last", "most recent": "last", "newest": "last", "earliest": "first", "oldest": "first",
}  # fmt: skip
HIGH = phrases("highest|largest|greatest|biggest|most|maximum|max|top")
LOW = phrases("lowest|smallest|least|fewest|minimum|min")
COMPARISONS = {
    ">": phrases("more than|greater than|higher than|larger than|bigger than|over|above|exceeding|>|exceeds|exceed|"
                 "is over|is above|of more than|of over|longer than|later than"),
    ">=": phrases("at least|no less than|not less than|>=|greater than or equal to|a minimum of|of at least"),
    "<": phrases("less than|fewer than|lower than|smaller than|under|below|<|of less than|of under|shorter than"),
    "<=": phrases("at most|no more than|not more than|up to|<=|less than or equal to|a maximum of|of at most"),
    "=": phrases("exactly|equal to|=|of exactly|equals"),
}  # fmt: skip
_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty"""
NUMBERS = {word: at for at, word in enumerate(_COUNTED.split())} | {"hundred": 100, "thousand": 1000}
_MONTHS = """january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec"""
MONTHS = {word: at % 12 + 1 for at, word in enumerate(_MONTHS.split())} | {"sept": 9}

DETERMINERS = phrases("the|all|all the|all of the|all our|all of our|our|of the|any|a|an|the various")
LEADS = phrases(
    "please|can you|could you|would you|tell me|show me|give me|show|list|display|find|get|return|fetch|calculate|"
    "compute|i want to know|i would like to know|i'd like to know|i need to know|i want to see|i want|i need|"
    "do you know|find out|determine|what is|what's|what are|what was|what were|which is|which are|let me know|"
    "get me|find me|a list of|the list of|a list of all|an overview of|kindly|hi|hello|hey|,|report|output|who is|"
    "who are|so|tell us|give us|show us|what 's|name the"
)
TAILS = phrases(
    "please|in total|altogether|overall|in all|in the database|in our database|in the data|in the system|in our system|"
    "do we have|are there|there are|have we|we have|exist|exists|on record|in the table|currently in the database|"
    "are in the database|are in the system|on file|there|are listed|are stored|are recorded|do we have in total|"
    "are there in total|is there|was there|were there|are we tracking|yet|so far|up to now|to date|from the database|"
    "from the data"
)
NONE = frozenset(("", "-", "--", "none", "no", "n/a", "na", "null", "nil", "unknown", "not applicable"))
"""What stands in a column for nothing."""
_LINKS = """in from at of for on by with within inside to"""
_TIED = """located in|based in|located at|placed by|made by|written by|taken by|done by|paid by|ordered by|assigned to|
belonging to|listed in|registered in|registered at|classified as|categorized as|living in|working in|working for|
working at|coming from|held in|held at|offered by|owned by|handled by|issued by|given by|supplied by|stored in|
produced by|published by|created by"""
_PLAIN = """|are|is|were|was|that are|who are|which are|that were|who were|which were|that is|have been|has been|
that have been|who is|being|and are"""
_ACTIVE = """live in|lives in|work in|works in|work for|works for|work at|works at|come from|comes from|belong to|
belongs to|came from|worked in|lived in|fall under|fall in|fall into"""
_WHO = "|who|that|which|and"


def _crossed(before: str, after: str) -> str:
    return "|".join(f"{one} {other}".strip() for one in before.replace("\n", "").split("|")
                    for other in after.replace("\n", "").split("|"))  # fmt: skip


LINKERS = phrases(
    "|".join((_crossed(_PLAIN, "|".join(_LINKS.split())), _crossed(_PLAIN, _TIED), _crossed(_WHO, _ACTIVE)))
)
BE = phrases("are|is|were|was|that are|who are|which are|that were|who were|which were|that is|who is|being|"
             "have been|has been|that have been|which have been|who have been|were being|that has been|"
             "marked as|are marked as|with status|in status|currently|are currently|that are currently|"
             "who are currently|are still|is still|that are still|who are still|were still|still|as|"
             "had been|that are marked as|that were marked as|were marked as")  # fmt: skip
HAVE = phrases("with|having|have|has|had|that have|who have|which have|that had|who had|that has|who has|whose|where|"
               "where the|whose the|and have|with an|with a|with the|have a|have an|has a|that have a|who have a|"
               "that contain|containing|which had|who have placed|who have made|placed|made|who placed|who made|"
               "have placed|have made|that received|received|that have an|have at|where their")  # fmt: skip
HAVE_NO = phrases("without|without any|without a|without an|with no|having no|have no|has no|who have no|that have no|"
                  "which have no|who do not have|who don't have|do not have|don't have|that do not have|"
                  "that don't have|that have not|lacking|missing|missing a|missing an|do not have any|"
                  "that do not have any|who do not have any|don't have any|who don't have any|that don't have any|"
                  "who have not placed any|who have never placed|who have never made|that have never had|"
                  "who have never had|have never had|have never had a|have never had an|have never had any|never had|"
                  "who never had|"
                  "who have never had a|have never opened a|have never opened any|have never opened an|never opened a|"
                  "have never written a|"
                  "have never submitted a|who never placed an|never placed an|have had no|has had no|who have had no|"
                  "have never bought a|have never reported a|have never received a|have received no|have placed no|"
                  "who have placed no|have never booked an|have not had any|have not opened any|have not had an|"
                  "have not placed an|who have not placed an|have not written any|have not written a|have not had a|"
                  "who have never had an|have never made|have never placed|have not placed any|"
                  "have not made any|who have not made any|do not have a|don't have a|who don't have a|"
                  "who do not have a|that do not have a|that don't have a|which don't have any|"
                  "that have never received|who have never placed an|who have never made a")  # fmt: skip
LIGHT = phrases("placed|made|created|recorded|were placed|were made|were created|were recorded|that were placed|"
                "that were made|that were created|dated|that took place|took place|happened|that happened|occurred|"
                "that occurred|are dated|did we have|did we get|did we receive|were there|have been placed|"
                "have been made|entered|registered|logged|were logged|were registered|are there|do we have|"
                "that have been placed|were entered|that were recorded|were added|added|from dates")  # fmt: skip
PER = phrases("per|by|for each|in each|for every|of each|at each|on each|each|in every|from each|grouped by|"
              "broken down by|group by|split by|for each of the|by each|per each|across|with each|under each|"
              "are in each|are there in each|are there per|do we have per|do we have in each|are there for each|"
              "were there per|were there in each|are there by|do we have by|work in each|live in each|belong to each|"
              "were made by each|were placed by each|are at each|were placed in each|are from each|are on each|"
              "were there for each|came from each|come from each|for the different|by the different")  # fmt: skip
NEUTRAL = words("""opened open submitted reported raised received filed created create placed made recorded posted
    logged occurred event entri added transaction""")
"""What the date of a row may be called where it is the date of the row itself."""
PUBLISHED = words("publication published release released production produced publish")
JOINED = words("signup joined join registered registration enrolled since sign start member hire hired")
ROLES = words("""type kind role categori class position job occupation profession speci status title specialti
specialiti designation""")
CHANGING = words("""not never except excluding besides only just without both neither nor unless percent percentage %
share ratio
    proportion fraction median mode twice double half times difference growth change trend correlation versus compared
    previous next second third rank cumulative running consecutive least""")
"""Words that change what is asked: where no rule reads them, nothing does."""
