"""The functions that a statement may call: an allow list, since a new version of the engine brings new ones.

What is left out on purpose: what reads the environment, settings, files, sequences or other SQL; what waits; what takes
a lambda; and what makes long values out of short ones (`repeat`, `format`, `printf`, `hex`, `bar`): the memory limit
of DuckDB 2.0.1 does not count the values of a vector, so that `range(1000000000)` took 20 GB under a limit of 256 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_OPERATORS = "+ - * / % ^ ** // || ~~ !~~ ~~* !~~* like_escape ilike_escape not_like_escape not_ilike_escape row"
_AGGREGATES = """
    count count_star count_if countif sum avg mean min max median mode any_value arbitrary first last product
    arg_min arg_max argmin argmax min_by max_by bool_and bool_or stddev stddev_samp stddev_pop variance var_samp var_pop
    quantile quantile_cont quantile_disc approx_quantile approx_count_distinct corr covar_pop covar_samp
    regr_slope regr_intercept regr_r2 regr_count regr_avgx regr_avgy skewness kurtosis mad entropy geomean
"""
_WINDOWS = """
    row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value
"""
_NUMBERS = """
    abs ceil ceiling floor round round_even trunc sign sqrt cbrt exp ln log log10 log2 pow power mod fmod divide add
    subtract multiply greatest least pi isnan isinf isfinite sin cos tan asin acos atan atan2 degrees radians random
"""
_TEXTS = """
    lower upper lcase ucase length len char_length character_length strlen trim ltrim rtrim left right substr substring
    position strpos instr contains starts_with ends_with prefix suffix reverse concat concat_ws replace translate
    regexp_matches regexp_replace regexp_extract regexp_extract_all regexp_full_match split_part string_split split
    str_split string_to_array ascii chr unicode strip_accents lpad rpad
"""
_DATES = """
    now today current_date get_current_timestamp current_localtimestamp date_part datepart date_trunc datetrunc
    date_diff datediff date_sub datesub date_add age year month day hour minute second quarter week weekofyear weekday
    dayofweek isodow dayofmonth dayofyear yearweek isoyear decade century millisecond microsecond epoch epoch_ms dayname
    monthname last_day days_in_month strftime strptime try_strptime make_date make_time make_timestamp to_timestamp
    timezone time_bucket to_milliseconds to_microseconds to_seconds to_minutes to_hours to_days to_weeks to_months
    to_quarters to_years to_decades to_centuries to_millennia
"""
_CHOICES = "if nullif typeof"
_LISTS = """
    list_value unnest array_length list_contains array_contains list_has array_has list_sort array_sort
    list_reverse_sort list_distinct list_unique list_sum list_avg list_min list_max list_count list_extract
    array_extract list_element list_slice array_slice list_position array_position array_to_string range
    generate_series
"""

COLLECTING = frozenset(("string_agg", "group_concat", "listagg", "list", "array_agg"))
"""Aggregates whose value grows with the rows."""
SERIES = frozenset(("range", "generate_series"))
TABLES = SERIES | {"unnest"}
"""Functions that may stand in the place of a table."""
PADS = frozenset(("lpad", "rpad"))
JOINING = frozenset(("||", "concat", "concat_ws", "list_value", "row"))
REPLACING = frozenset(("replace", "regexp_replace", "array_to_string"))

MAKING = frozenset((_TEXTS + _LISTS).split()) | JOINING | {"strftime"}
"""Those that make new values of no fixed size."""
KNOWN = COLLECTING.union(*(
    each.split() for each in (_OPERATORS, _AGGREGATES, _WINDOWS, _NUMBERS, _TEXTS, _DATES, _CHOICES, _LISTS)
))  # fmt: skip

_TOP = {"min": 2, "max": 2, "arg_min": 3, "arg_max": 3, "argmin": 3, "argmax": 3, "min_by": 3, "max_by": 3}
_SHARES = frozenset(("quantile", "quantile_cont", "quantile_disc", "approx_quantile"))


def collects(name: str, arguments: Sequence[Any]) -> bool:
    """Whether a call gives a value that grows with the rows, or is a list: `max(x, n)` is one of n."""
    if name in _SHARES:
        return any(each.get("expression", {}).get("type") != "VALUE_CONSTANT" for each in arguments[1:])
    return name in COLLECTING or len(arguments) >= _TOP.get(name, len(arguments) + 1)
