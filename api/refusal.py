"""The refusals of the API: a closed table of codes with their HTTP status, worded in models/texts/api.yaml.

GuiweiError
└── RefusalError     code -> status, `refusal.<code>.what` and `refusal.<code>.next` in both languages
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus as S

from models.domain.errors import GuiweiError
from models.texts import Language, text

STATUS: Mapping[str, int] = {
    "malformed_json": S.BAD_REQUEST,
    "cursor_unreadable": S.BAD_REQUEST,
    "host_unknown": S.BAD_REQUEST,
    "not_signed_in": S.UNAUTHORIZED,
    "wrong_credentials": S.UNAUTHORIZED,
    "token_unknown": S.UNAUTHORIZED,
    "not_permitted": S.FORBIDDEN,
    "foreign_site": S.FORBIDDEN,
    "cross_site": S.FORBIDDEN,
    "link_invalid": S.FORBIDDEN,
    "link_expired": S.FORBIDDEN,
    "not_found": S.NOT_FOUND,
    "incident_unknown": S.NOT_FOUND,
    "evidence_unknown": S.NOT_FOUND,
    "evidence_not_here": S.NOT_FOUND,
    "camera_unknown": S.NOT_FOUND,
    "entry_unknown": S.NOT_FOUND,
    "layout_unknown": S.NOT_FOUND,
    "item_unknown": S.NOT_FOUND,
    "label_unknown": S.NOT_FOUND,
    "baseline_unknown": S.NOT_FOUND,
    "photo_unknown": S.NOT_FOUND,
    "site_unknown": S.NOT_FOUND,
    "method_not_allowed": S.METHOD_NOT_ALLOWED,
    "body_slow": S.REQUEST_TIMEOUT,
    "move_illegal": S.CONFLICT,
    "moved_meanwhile": S.CONFLICT,
    "different_incident": S.CONFLICT,
    "baseline_state": S.CONFLICT,
    "layout_changed": S.CONFLICT,
    "too_large": S.REQUEST_ENTITY_TOO_LARGE,
    "wrong_media": S.UNSUPPORTED_MEDIA_TYPE,
    "invalid": S.UNPROCESSABLE_ENTITY,
    "in_the_past": S.UNPROCESSABLE_ENTITY,
    "entry_order": S.UNPROCESSABLE_ENTITY,
    "photo_corrupt": S.UNPROCESSABLE_ENTITY,
    "photo_too_large": S.REQUEST_ENTITY_TOO_LARGE,
    "photo_too_small": S.UNPROCESSABLE_ENTITY,
    "photo_no_leg": S.UNPROCESSABLE_ENTITY,
    "photo_no_label": S.UNPROCESSABLE_ENTITY,
    "photo_unclear": S.UNPROCESSABLE_ENTITY,
    "days_order": S.UNPROCESSABLE_ENTITY,
    "registrations_bad": S.UNPROCESSABLE_ENTITY,
    "reason_missing": S.UNPROCESSABLE_ENTITY,
    "password_weak": S.UNPROCESSABLE_ENTITY,
    "evidence_differs": S.UNPROCESSABLE_ENTITY,
    "evidence_unannounced": S.UNPROCESSABLE_ENTITY,
    "too_many_attempts": S.TOO_MANY_REQUESTS,
    "unexpected": S.INTERNAL_SERVER_ERROR,
    "store_unusable": S.SERVICE_UNAVAILABLE,
    "disk_full": S.INSUFFICIENT_STORAGE,
}
"""Every code that `error.code` may hold -> HTTP status."""


class RefusalError(GuiweiError):
    """The request is refused. Worded per language; `str()` is Chinese."""

    def __init__(
        self,
        code: str,
        *,
        where: str = "",
        got: object = "",
        expected: str = "",
        headers: Mapping[str, str] | None = None,
        **places: object,
    ) -> None:
        self.code, self.status, self.places = code, int(STATUS[code]), places
        self.headers = dict(headers or {})
        super().__init__(
            text(f"refusal.{code}.what", "zh", **places),
            where=where,
            got=str(got),
            expected=expected,
            next_step=text(f"refusal.{code}.next", "zh", **places),
        )

    def shape(self, language: Language) -> dict[str, dict[str, str]]:
        """The one error shape of the API."""
        parts = {
            "code": self.code,
            "what": text(f"refusal.{self.code}.what", language, **self.places),
            "where": self.where,
            "got": self.got,
            "expected": self.expected,
            "next_step": text(f"refusal.{self.code}.next", language, **self.places),
        }
        # What came in may hold half a surrogate pair, which UTF-8 cannot carry.
        return {"error": {name: part.encode("utf-8", "backslashreplace").decode() for name, part in parts.items()}}
