"""The supervisor's pages, inside the API's server."""

from api.ui.mounting import mount

__all__ = ["mount"]
