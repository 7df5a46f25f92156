"""The server: HTTP routes for boxes and people, and the services that routes and pages share."""

from api.app import create_app
from api.settings import Settings

__all__ = ["Settings", "create_app"]
