"""Where people are kept: one SQLite file, shared by any number of processes of one machine.

`Database(url)` owns the file; `SqlUsers`, `SqlOutbox`, `SqlPeople`, `SqlResponses`, `SqlKeys`, `SqlCandidates` and
`SqlLedger` fulfil the ports over it. The SQL is SQLAlchemy Core's; what is SQLite's own stands in `file.py`,
`erasure.py` and the import of `insert` in `schema.py`.
"""

from adapters.sql.candidates import SqlCandidates
from adapters.sql.database import Database
from adapters.sql.keys import SqlKeys
from adapters.sql.ledger import SqlLedger
from adapters.sql.outbox import SqlOutbox
from adapters.sql.people import SqlPeople
from adapters.sql.responses import SqlResponses
from adapters.sql.users import SqlUsers

__all__ = ["Database", "SqlCandidates", "SqlKeys", "SqlLedger", "SqlOutbox", "SqlPeople", "SqlResponses", "SqlUsers"]
