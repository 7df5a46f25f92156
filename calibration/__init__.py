"""The site folder: the site file, its checks, secrets, schema, and a drawing of what is in force."""

from calibration.assembly import load_site, season_of
from calibration.camera_secrets import Secrets, load_secrets
from calibration.new_site import new_site_text
from calibration.schema import site_schema

__all__ = ["Secrets", "load_secrets", "load_site", "new_site_text", "season_of", "site_schema"]
