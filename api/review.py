"""Moving an incident: who may, what is legal, and only if nobody was faster."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from api.incidents import IncidentDetail, permit, show_incident, visible_incident
from api.refusal import RefusalError
from api.roles import MOVES, Permission, Viewer
from models.domain.incident import TRANSITIONS, DismissReason, State
from models.store.tables import IncidentRow, TransitionRow


@dataclass(frozen=True, slots=True)
class Move:
    """What a person asks for. expected: the state the person saw when deciding."""

    dedupe_key: str
    to: State
    expected: State
    reason: DismissReason | None = None
    comment: str | None = None


def move_incident(session: Session, viewer: Viewer, move: Move, *, now_us: int) -> IncidentDetail:
    """Move it and write the history, in the caller's (writing) transaction; returns the incident as it then is.

    Raises RefusalError: incident_unknown, not_permitted, reason_missing, move_illegal (not a legal move from the state
    expected), moved_meanwhile (the state is no longer the one expected).
    """
    row = visible_incident(session, viewer, move.dedupe_key)
    permit(viewer, MOVES.get(move.to, Permission.ACT))
    if move.to is State.DISMISSED and move.reason is None:
        raise RefusalError("reason_missing", where="reason", expected=", ".join(DismissReason))
    if move.to not in TRANSITIONS[move.expected] or move.to not in MOVES:
        legal = sorted(TRANSITIONS[move.expected] & MOVES.keys())
        raise RefusalError("move_illegal", where="to", got=f"{move.expected} -> {move.to}", expected=", ".join(legal))
    _compare_and_set(session, row, move, now_us)
    session.add(
        TransitionRow(
            dedupe_key=move.dedupe_key,
            at_us=now_us,
            actor_kind="user",
            actor=viewer.name,
            role=viewer.role,
            from_state=move.expected,
            to_state=move.to,
            reason=move.reason if move.to is State.DISMISSED else None,
            comment=move.comment or None,
            rule_version=row.rule_version,
        )
    )
    session.flush()
    return show_incident(session, viewer, move.dedupe_key)


def _compare_and_set(session: Session, row: IncidentRow, move: Move, now_us: int) -> None:
    """One conditional UPDATE: of two people who decide at once exactly one wins, on either database."""
    changed = session.execute(
        update(IncidentRow)
        .where(IncidentRow.dedupe_key == move.dedupe_key, IncidentRow.state == move.expected)
        .values(state=move.to, changed_us=now_us)
        .returning(IncidentRow.dedupe_key)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(row)
    if not changed:
        raise RefusalError("moved_meanwhile", where="expected", got=row.state, expected=move.expected)
