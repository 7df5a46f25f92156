"""Signing in and out. A session is a random cookie of which only the SHA-256 is stored.

A session ends when it expires, when the person signs out, and when the account's epoch moves on (password changed,
account disabled).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api import passwords
from api.attempts import Attempts
from api.refusal import RefusalError
from api.roles import UserRole, Viewer
from models.store.opening import Store
from models.store.tables import SessionRow, UserRow, UserSiteRow

COOKIE = "guiwei_session"
LIFETIME_S = 12 * 3600
"""One shift. [P]"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says to be `name`; address: where the request comes from, for counting wrong guesses."""

    name: str
    password: str = field(repr=False)
    address: str


def sign_in(store: Store, attempts: Attempts, claim: Claim, *, now_us: int) -> str:
    """A new session's token for the cookie.

    Raises RefusalError: wrong_credentials (also for a disabled account), too_many_attempts. Hashing runs
    outside of any transaction.
    """
    name, address = claim.name, claim.address
    attempts.check(name, address, now_us)
    with store.reading() as session:
        user = session.scalar(select(UserRow).where(UserRow.name == name))
    right = passwords.matches(claim.password, user.password_hash if user else None)
    if user is None or not right or user.disabled_us is not None:
        attempts.failed(name, address, now_us)
        raise RefusalError("wrong_credentials")
    attempts.succeeded(name, address)
    token = secrets.token_urlsafe(32)
    with store.writing() as session:
        session.execute(delete(SessionRow).where(SessionRow.expires_us <= now_us))
        session.add(
            SessionRow(
                token_hash=fingerprint(token),
                user_id=user.id,
                epoch=user.epoch,
                created_us=now_us,
                expires_us=now_us + LIFETIME_S * 1_000_000,
            )
        )
    return token


def viewer_of(session: Session, token: str | None, now_us: int) -> Viewer | None:
    """Who a session token belongs to, or None when it is unknown, expired or ended."""
    if not token:
        return None
    query = (
        select(UserRow)
        .join(SessionRow, SessionRow.user_id == UserRow.id)
        .where(
            SessionRow.token_hash == fingerprint(token),
            SessionRow.expires_us > now_us,
            SessionRow.epoch == UserRow.epoch,
            UserRow.disabled_us.is_(None),
        )
    )
    user = session.scalar(query)
    return viewer_from(session, user) if user else None


def viewer_named(session: Session, name: str) -> Viewer | None:
    """The viewer of a name, unless unknown or disabled (signed links name their user)."""
    user = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.disabled_us.is_(None)))
    return viewer_from(session, user) if user else None


def viewer_from(session: Session, user: UserRow) -> Viewer:
    """The frozen viewer of an account's row."""
    sites = None
    if not user.all_sites:
        sites = frozenset(session.scalars(select(UserSiteRow.site_id).where(UserSiteRow.user_id == user.id)))
    return Viewer(user.id, user.name, UserRole(user.role), "en" if user.language == "en" else "zh", sites)


def sign_out(session: Session, token: str) -> None:
    """End one session; ending it twice is no error."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == fingerprint(token)))


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """What a person asks for; address: where the request comes from, for counting wrong guesses."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    address: str


def change_password(store: Store, attempts: Attempts, viewer: Viewer, change: PasswordChange, *, now_us: int) -> None:
    """Set a new password and end all sessions of the account, this one included.

    Raises RefusalError: wrong_credentials, too_many_attempts, password_weak.
    """
    attempts.check(viewer.name, change.address, now_us)
    with store.reading() as session:
        stored = session.scalar(select(UserRow.password_hash).where(UserRow.id == viewer.user_id))
    if not passwords.matches(change.current, stored):
        attempts.failed(viewer.name, change.address, now_us)
        raise RefusalError("wrong_credentials", where="current")
    new_hash = passwords.hashed(change.new)
    with store.writing() as session:
        session.execute(update(UserRow).where(UserRow.id == viewer.user_id).values(password_hash=new_hash))
        end_sessions(session, viewer.user_id)


def set_language(session: Session, viewer: Viewer, language: str) -> None:
    """Keep the language (zh or en) a person reads in."""
    session.execute(update(UserRow).where(UserRow.id == viewer.user_id).values(language=language))


def end_sessions(session: Session, user_id: int) -> None:
    """End every session of an account."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(epoch=UserRow.epoch + 1))
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


def fingerprint(token: str) -> str:
    """What is stored of a token: tokens are 256 random bits, so a plain SHA-256 cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
