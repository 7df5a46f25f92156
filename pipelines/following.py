"""Rules that follow the same people do the work once: a value remembers what came after it.

Several rules (and the ledger) keep a watch of one post or a book of one hall, and each asks its own for what follows
the same message. Where they began with the same object they go on with the same object.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self
from weakref import ref

from models.domain.messages import Message


class Following:
    """Base of frozen values with `after(message)`. Not part of their equality; a `replace` remembers nothing."""

    __slots__ = ("__weakref__", "_last")
    _last: tuple[Message, ref[Any]]

    def once(self, message: Message, following: Callable[[Message], Self]) -> Self:
        """`following(message)`, worked out the first time. Weakly kept: a chain of values is not held by its first."""
        last = getattr(self, "_last", None)
        if last is not None and last[0] is message:
            known: Self | None = last[1]()
            if known is not None:
                return known
        after = following(message)
        object.__setattr__(self, "_last", (message, ref(after)))
        return after
