"""Registrations as they come in over HTTP: JSON, or the CSV of the front desk."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from api.bodies import Body, Word
from api.examples import REGISTRATIONS
from api.refusal import RefusalError
from api.registrations import Line
from calibration.registrations import COLUMNS, UnreadableCsvError, csv_lines
from models.domain.registrations import MOST


class RegistrationBody(Body):
    """Times and references are judged together with those of a CSV, so that every bad one is named at once."""

    reference: Annotated[str, Field(max_length=200)]
    at: Annotated[str, Field(max_length=60)]


class RegistrationsBody(Body):
    site_id: Word
    registrations: Annotated[tuple[RegistrationBody, ...], Field(min_length=1, max_length=MOST)]


Batch = tuple[str, list[Line]]
"""(site, lines)."""


async def batch_in(request: Request, site: Annotated[str, Query(max_length=100)] = "") -> Batch:
    """The batch of a request, by its Content-Type. site: whose, for a CSV."""
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "text/csv":
        return site, _csv(body)
    try:
        told = RegistrationsBody.model_validate_json(body or b"null")
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from None
    return told.site_id, [(n, one.reference, one.at) for n, one in enumerate(told.registrations)]


def _csv(body: bytes) -> list[Line]:
    try:
        lines = csv_lines(body.decode("utf-8"))
    except UnreadableCsvError as error:
        raise RefusalError("invalid", where="text/csv", got=error.got, expected=error.expected) from None
    except UnicodeDecodeError as error:
        raise RefusalError("invalid", where="text/csv", got=str(error)[:200], expected="UTF-8") from None
    if not lines:
        raise RefusalError("invalid", where="text/csv", got="no line", expected=",".join(COLUMNS))
    return lines


BatchIn = Annotated[Batch, Depends(batch_in)]
_LINE = {"type": "object", "properties": {"reference": {"type": "string"}, "at": {"type": "string"}}}
OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"site_id": {"type": "string"}, "registrations": {"type": "array", "items": _LINE}},
                },
                "example": REGISTRATIONS,
            },
            "text/csv": {"schema": {"type": "string"}, "example": "reference,time\nR-001,2026-06-01T10:20:00\n"},
        },
    }
}
"""What the description says of the body, which no signature shows."""
