"""What the routes ask for: the services, and the person or box that the gate let in."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.refusal import RefusalError
from api.roles import Box, Viewer
from api.services import Services


def services_of(request: Request) -> Services:
    found = request.app.state.services
    assert isinstance(found, Services)
    return found


def viewer_in(request: Request) -> Viewer:
    """Raises RefusalError(not_permitted) for a box: devices write, they read nothing."""
    principal = request.scope["state"]["principal"]
    if not isinstance(principal, Viewer):
        raise RefusalError("not_permitted", got="device token", expected="a signed-in person")
    return principal


def box_in(request: Request) -> Box:
    """Raises RefusalError(not_permitted) for a person: only boxes tell what cameras saw."""
    principal = request.scope["state"]["principal"]
    if not isinstance(principal, Box):
        raise RefusalError("not_permitted", got="a person", expected="device token")
    return principal


ServicesIn = Annotated[Services, Depends(services_of)]
ViewerIn = Annotated[Viewer, Depends(viewer_in)]
BoxIn = Annotated[Box, Depends(box_in)]
