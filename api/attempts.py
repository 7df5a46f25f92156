"""Slows down guessing: counts failed sign-ins per name and address, by the injected clock."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from api.refusal import RefusalError

WINDOW_S = 900
LIMITS = {"pair": 5, "address": 30, "name": 50}
"""Failures within the window: of one name from one address, of one address, of one name from anywhere. The last is
high, so that a stranger cannot lock somebody out with a few guesses. [P]"""
_MAX_KEYS = 10_000


class Attempts:
    """Thread-safe; bounded: beyond 10,000 keys the one longest untouched is forgotten."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, name: str, address: str, now_us: int) -> None:
        """Raises RefusalError(too_many_attempts) with Retry-After."""
        with self._lock:
            waits = [self._wait_us(key, limit, now_us) for key, limit in _keys(name, address)]
        if (wait_us := max(waits)) > 0:
            seconds = -(-wait_us // 1_000_000)
            raise RefusalError("too_many_attempts", headers={"Retry-After": str(seconds)}, seconds=seconds)

    def failed(self, name: str, address: str, now_us: int) -> None:
        with self._lock:
            for key, limit in _keys(name, address):
                self._failures.setdefault(key, deque(maxlen=limit)).append(now_us)
                self._failures.move_to_end(key)
            while len(self._failures) > _MAX_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """A right password forgives this person's own slips, not the address's other guesses."""
        with self._lock:
            self._failures.pop(_keys(name, address)[0][0], None)

    def _wait_us(self, key: tuple[str, str], limit: int, now_us: int) -> int:
        times = self._failures.get(key)
        if times is None or len(times) < limit:
            return 0
        return times[0] + WINDOW_S * 1_000_000 - now_us


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (
        ((f"{name}\n{address}", "pair"), LIMITS["pair"]),
        ((address, "address"), LIMITS["address"]),
        ((name, "name"), LIMITS["name"]),
    )
