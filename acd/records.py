"""The records' tables: calls, stays in queues, offers, agents' intervals, callbacks, stories; users, their sessions, tokens and deeds.

Says what is kept, not how it comes there (``acd.projection``) or who asks for it (``acd.archive``, ``acd.people`` …). Everything but
``users``, ``ended_sessions``, ``answers``, ``tokens``, ``audit``, and what is drawn and scored, can be rebuilt from the journal. Times are
stored in UTC and come back aware.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    true,
)

_WITHOUT_ZONE = len("2026-01-31 23:59:59.000000")


def fitting(length: int | None) -> Callable[[str | None], str | None]:
    """What fits a text to a column of this length, None for any, so that every database takes it.

    Half of a surrogate pair, which no UTF-8 can carry, becomes a question mark; NUL and what is too long, both of which PostgreSQL refuses,
    are left out.
    """

    def fitted(text: str | None) -> str | None:
        if not text:
            return text
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode()
        if "\0" in text:
            text = text.replace("\0", "")
        return text[:length]

    return fitted


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime; SQLite, which keeps no zone, is given and gives UTC. A naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time needs a zone, but got {value!r}")
        return value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """What brings values to the database: most of what a call's rows cost is its times."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def text(value: datetime | None) -> str | None:
            moment = self.process_bind_param(value, dialect)
            return None if moment is None else moment.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]

        return text

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment


metadata = MetaData()

calls = Table(
    "calls", metadata,
    Column("id", String(128), primary_key=True),
    Column("ani", String(80), nullable=False),
    Column("ani_name", Text, nullable=False),
    Column("dnis", String(80), nullable=False),
    Column("entry", Text, nullable=False),
    Column("path", JSON, nullable=False),
    Column("product_line", String(64)),
    Column("level", String(8)),
    Column("language", String(16)),
    Column("segment", String(64)),
    Column("urgent", Boolean, nullable=False),
    Column("customer", String(64)),
    Column("customer_case", String(64)),
    Column("queue", String(80)),
    Column("state", String(16), nullable=False),
    Column("offers", Integer, nullable=False),
    Column("agent", String(64)),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("talk_ended_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("end_cause", String(32)),
    Column("announced_seconds", Float),
    Column("announced_at", UtcDateTime),
    Column("bypass", Boolean, nullable=False, server_default=false()),
    Column("handed_over_by", String(80)),
    Column("self_served", Boolean, nullable=False, server_default=false()),
    Column("first_queue", String(80)),
    Column("settled_at", UtcDateTime),
    Column("resolver", String(64)),
    Column("transfers", Integer, nullable=False, server_default="0"),
    Column("survey_score", Integer),
    Column("survey_solved", Boolean),
    Column("survey_comment", String(80)),
    Index("calls_by_ani", "ani", "arrived_at"),
    Index("calls_by_customer", "customer", "arrived_at"),
    Index("calls_by_arrival", "arrived_at"),
)  # fmt: skip
"""One row a call.

``path`` is [[menu, digits, choice], …]; ``answered_at`` the first answer; ``agent`` the last who talked, ``resolver`` he too unless he
handed the call on; ``announced_seconds`` the first expected wait that the caller was told, to hold against ``answered_at -
announced_at``; ``bypass``: an engineer's direct number was dialled; ``handed_over_by``: the phone of the employee who transferred the
caller to a short code; ``self_served``: the menu answered his question, as he said by key; ``first_queue`` where the menu sent him;
``settled_at`` when he came to ``queue``, or was handed on to somebody there; ``survey_*`` what he said after the call: 1 to 5, whether it
was solved, and the file of his comment; ``customer`` the customer's id, as far as it is known whose call it is; ``customer_case`` that of
the open case he went on with."""

offers = Table(
    "offers", metadata,
    Column("id", String(144), primary_key=True),
    Column("call", String(128), nullable=False, index=True),
    Column("agent", String(64), nullable=False),
    Column("queue", String(80), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("step", String(64), nullable=False),
    Column("rule", Text, nullable=False),
    Column("waited_seconds", Float, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("ringing_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("state", String(16), nullable=False),
    Column("miss_cause", String(16)),
    Column("detail", Text, nullable=False),
    Column("agent_free_since", UtcDateTime),
)  # fmt: skip
"""One row an offer. ``agent_free_since``: since when the agent had been ready; the explanation is in ``story``."""

agent_intervals = Table(
    "agent_intervals", metadata,
    Column("id", String(96), primary_key=True),
    Column("agent", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("cause", Text, nullable=False),
    Column("phone", String(32)),
    Column("call", String(128)),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("agent_intervals_by_agent", "agent", "started_at"),
)  # fmt: skip

incidents = Table(
    "incidents", metadata,
    Column("id", String(96), primary_key=True),
    Column("product_line", String(64), nullable=False),
    Column("text", String(64), nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("solved_at", UtcDateTime),
    Column("solved_by", Text, nullable=False),
    Column("numbers", JSON, nullable=False),
)  # fmt: skip
"""One row an incident of a product line. ``numbers`` are those of the callers who want to be told when it is solved, each once."""

story = Table(
    "story", metadata,
    Column("sequence", Integer, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("call", String(128), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", Text, nullable=False),
)  # fmt: skip
"""What the router decided about a call, in its own words: notices, keyed by the journal's sequence and their place in it."""

callbacks = Table(
    "callbacks", metadata,
    Column("id", String(144), primary_key=True),
    Column("call", String(128), nullable=False, index=True),
    Column("number", String(80), nullable=False),
    Column("queue", String(80)),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("unreached", Integer, nullable=False),
    Column("cause", String(16)),
    Column("promised_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("by", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Index("callbacks_by_promise", "promised_at", "id"),
)  # fmt: skip
"""One row a promised callback. ``cause``: why the last attempt was in vain; ``by`` and ``reason``: who called it off, and why."""

stays = Table(
    "stays", metadata,
    Column("id", String(144), primary_key=True),
    Column("call", String(128), nullable=False, index=True),
    Column("queue", String(80), nullable=False),
    Column("product_line", String(64), nullable=False),
    Column("entry", Text, nullable=False),
    Column("came_by", String(16), nullable=False),
    Column("bounced", Boolean, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("became", String(24), nullable=False),
    Column("waited_seconds", Float, nullable=False),
    Column("agent", String(64)),
    Column("ring_seconds", Float, nullable=False),
    Column("talk_seconds", Float, nullable=False),
    Column("hold_seconds", Float, nullable=False),
    Column("wrap_up_seconds", Float, nullable=False),
    Column("handled", Boolean, nullable=False),
    Column("handed_on", Boolean, nullable=False),
    Index("stays_by_quarter", "quarter"),
)  # fmt: skip
"""One row each stay of a call in a queue, see ``acd.stays``. ``quarter``: the quarter of an hour of ``offered_at``, counted from 1970."""

working_time = Table(
    "working_time", metadata,
    Column("id", String(96), primary_key=True),
    Column("agent", String(64), nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("ready_seconds", Float, nullable=False),
    Column("reserved_seconds", Float, nullable=False),
    Column("talking_seconds", Float, nullable=False),
    Column("wrap_up_seconds", Float, nullable=False),
    Column("not_ready_seconds", Float, nullable=False),
    Column("offers", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Index("working_time_by_quarter", "quarter"),
)  # fmt: skip
"""One row each agent's quarter of an hour, see ``acd.working_time``: what he did in it, as far as it is over."""

recordings = Table(
    "recordings", metadata,
    Column("id", String(144), primary_key=True),
    Column("call", String(128), nullable=False, index=True),
    Column("queue", String(80)),
    Column("agent", String(64), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("pauses", JSON, nullable=False),
    Column("deleted_at", UtcDateTime),
    Index("recordings_by_begin", "began_at", "id"),
)  # fmt: skip
"""One row a recorded conversation. ``began_at``: when somebody answered; ``pauses`` is [{from, to, by}, …] with ISO times, the last ``to``
None when it was never taken up again. ``deleted_at`` is no projection: rows made anew have it from the next time that old ones go."""

draws = Table(
    "draws", metadata,
    Column("id", String(10), primary_key=True),
    Column("until", String(10), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("thrown_at", UtcDateTime, nullable=False),
    Column("drawn_at", UtcDateTime),
    Column("per_agent", Integer),
    Column("shortest_seconds", Float),
    Column("second_share", Float),
    Column("of", Integer),
    Column("digest", String(64)),
)  # fmt: skip
"""One row a week whose conversations are drawn for scoring (``acd.sampling``). ``id`` and ``until``: its first and last day (ISO). The seed
is thrown while the week runs; the rest is there when it was drawn. Not a projection."""

drawn = Table(
    "drawn", metadata,
    Column("conversation", String(144), primary_key=True),
    Column("draw", String(10), nullable=False, index=True),
    Column("recording", String(144), nullable=False, unique=True),
    Column("call", String(128), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("queue", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("talk_seconds", Float, nullable=False),
    Column("number", Float, nullable=False),
    Column("of", Integer, nullable=False),
    Column("second_scorer", Boolean, nullable=False),
)  # fmt: skip
"""One row a conversation that was drawn. ``second_scorer``: it goes to a second one too. Not a projection."""

scoring_forms = Table(
    "scoring_forms", metadata,
    Column("version", String(16), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("content", JSON, nullable=False),
)  # fmt: skip
"""The forms that scores were given by, as they were then (``acd.scoring``). Not a projection."""

scores = Table(
    "scores", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("recording", String(144), nullable=False),
    Column("scorer", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("call", String(128), nullable=False, index=True),
    Column("agent", String(64), nullable=False),
    Column("queue", String(80), nullable=False),
    Column("held_at", UtcDateTime, nullable=False),
    Column("form", String(40), nullable=False),
    Column("version", String(16), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("total", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("recording", "scorer", "revision"),
    Index("scores_by_agent", "agent", "held_at"),
    Index("scores_by_time", "held_at", "id"),
)  # fmt: skip
"""One row a score; a scorer's later one of the same recording has the next ``revision`` (from 1), and stands in the earlier one's place.
``held_at``: when the conversation came to its queue; ``answers``: criterion -> answer; ``total`` in per cent. Rows are neither changed nor
deleted: triggers of the database see to it. Not a projection."""

progress = Table("progress", metadata, Column("name", String(32), primary_key=True), Column("sequence", Integer, nullable=False))
"""How far a projection has followed the journal."""

users = Table(
    "users", metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("agent", String(64)),
    Column("language", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("teams", JSON, nullable=False, server_default="[]"),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("totp_required", Boolean, nullable=False, server_default=false()),
    Column("totp_secret", String(255)),
    Column("totp_last_step", Integer, nullable=False, server_default="0"),
    Column("recovery_hashes", JSON, nullable=False, server_default="[]"),
    Column("rights_epoch", Integer, nullable=False, server_default="0"),
    Column("pin_hash", Text),
    Column("pin_wrong", Integer, nullable=False, server_default="0"),
    Column("pin_locked_until", UtcDateTime),
)  # fmt: skip
"""Who may log in to the pages. Not a projection. ``teams``: whose agents he sees and sets, none for everybody's; ``totp_secret``: sealed
(``acd.sealing``); ``totp_last_step``: the time step of the last code that was taken, which is not taken again; ``recovery_hashes``: of
codes that stand in for one, once each; ``rights_epoch``: how often anything about him was changed; ``pin_wrong``: how often in a row a
wrong PIN was keyed."""

ended_sessions = Table(
    "ended_sessions", metadata,
    Column("id", String(32), primary_key=True),
    Column("ended_at", UtcDateTime, nullable=False),
)  # fmt: skip
"""Sessions of the pages that were signed out of, as long as their cookies would be good. Not a projection."""

answers = Table(
    "answers", metadata,
    Column("who", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False, index=True),
    Column("status", Integer),
    Column("media_type", String(64)),
    Column("body", LargeBinary, nullable=False),
)  # fmt: skip
"""Actions that may be sent again, and what was answered; no status while nobody knows how one ended. Not a projection."""

tokens = Table(
    "tokens", metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("teams", JSON, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", String(64), nullable=False, server_default=""),
)  # fmt: skip
"""What other programs use the API with. Not a projection. The secret itself is shown once, and not kept."""

audit = Table(
    "audit", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("via", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("target", String(160), nullable=False),
    Column("why", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", JSON, nullable=False),
    Index("audit_by_person", "who", "id"),
    Index("audit_by_target", "target", "id"),
    Index("audit_by_time", "at", "id"),
)  # fmt: skip
"""What people did (``acd.deed``). Not a projection. Rows are neither changed nor deleted: triggers of the database see to it."""
