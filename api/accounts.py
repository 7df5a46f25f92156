"""People who may sign in: adding, listing, new passwords, disabling. Used by the `guiwei users` command."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import passwords
from api.roles import UserRole
from api.sessions import end_sessions
from models.domain.errors import UsageError
from models.store.opening import Store
from models.store.tables import SiteRow, UserRow, UserSiteRow
from models.texts import Language


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. sites: None for all."""

    name: str
    role: UserRole
    language: Language = "zh"
    sites: frozenset[str] | None = None
    disabled: bool = False


def add_user(store: Store, account: Account, password: str, *, now_us: int) -> None:
    """Raises UsageError (name taken or unfit, site unknown), RefusalError(password_weak)."""
    if not account.name.isprintable() or not 1 <= len(account.name) <= 64 or account.name != account.name.strip():
        raise UsageError("The name cannot be used.", got=account.name, expected="1 to 64 printable characters")
    password_hash = passwords.hashed(password)
    with store.writing() as session:
        _check_sites(session, account.sites or frozenset())
        user = UserRow(
            name=account.name,
            password_hash=password_hash,
            role=account.role,
            language=account.language,
            all_sites=account.sites is None,
            added_us=now_us,
        )
        try:
            with session.begin_nested():
                session.add(user)
        except IntegrityError as error:
            raise UsageError("There is a user of that name.", got=account.name, next_step="Choose another.") from error
        session.add_all(UserSiteRow(user_id=user.id, site_id=site) for site in sorted(account.sites or ()))


def list_users(store: Store) -> list[Account]:
    """By name."""
    with store.reading() as session:
        return [_account(session, user) for user in session.scalars(select(UserRow).order_by(UserRow.name))]


def set_password(store: Store, name: str, password: str) -> None:
    """Ends all sessions of the account. Raises UsageError (unknown name), RefusalError(password_weak)."""
    password_hash = passwords.hashed(password)
    with store.writing() as session:
        user = _user(session, name)
        user.password_hash = password_hash
        session.flush()
        end_sessions(session, user.id)


def disable_user(store: Store, name: str, *, now_us: int) -> None:
    """The account stays (history names it), but nobody signs in with it. Raises UsageError (unknown name)."""
    with store.writing() as session:
        user = _user(session, name)
        user.disabled_us = user.disabled_us or now_us
        session.flush()
        end_sessions(session, user.id)


def _user(session: Session, name: str) -> UserRow:
    user = session.scalar(select(UserRow).where(UserRow.name == name))
    if user is None:
        raise UsageError("There is no user of that name.", got=name, next_step="See `guiwei users list`.")
    return user


def _check_sites(session: Session, wanted: frozenset[str]) -> None:
    known = set(session.scalars(select(SiteRow.id)))
    if missing := sorted(wanted - known):
        raise UsageError(
            "The site is not known here.",
            got=", ".join(missing),
            expected=", ".join(sorted(known)) or "no site is known yet",
            next_step="Register its box first: guiwei devices add --site SITE.",
        )


def _account(session: Session, user: UserRow) -> Account:
    sites = None
    if not user.all_sites:
        sites = frozenset(session.scalars(select(UserSiteRow.site_id).where(UserSiteRow.user_id == user.id)))
    language: Language = "en" if user.language == "en" else "zh"
    return Account(user.name, UserRole(user.role), language, sites, user.disabled_us is not None)
