"""Passwords: argon2id hashes, checked at the same cost whether or not the name exists."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.refusal import RefusalError

MIN_LENGTH, MAX_LENGTH = 12, 200
"""Length decides, not character classes (NIST SP 800-63B, 5.1.1.2); the upper end bounds the work of hashing."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""OWASP's first choice for argon2id: 19 MiB, two passes, one lane."""

_AT_ONCE = threading.Semaphore(4)
"""Bounds the memory that many simultaneous sign-ins can take to 4 x 19 MiB."""


def hashed(password: str) -> str:
    """Raises RefusalError(password_weak) when it is too short or too long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise RefusalError("password_weak", where="password", got=f"{len(password)} characters", expected="12 to 200")
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; None (no such user) costs as much time as a wrong one."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _nobody(), password[:MAX_LENGTH]) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def generated() -> str:
    """A password for somebody else to change: 96 random bits."""
    return secrets.token_urlsafe(12)


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(24))
