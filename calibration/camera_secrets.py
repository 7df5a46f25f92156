"""Passwords of cameras: beside the site file or in the environment, never inside it and never in a text.

`secrets.yaml` holds `name: value`. `GUIWEI_SECRET_<NAME>` (upper case) in the environment wins over the file.
"""

from __future__ import annotations

import os
import re
import stat
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from calibration.problem import Problem, SiteFileError
from calibration.yaml_document import Document, read_document
from models.domain.site import Site
from models.texts import both

SECRETS_FILE = "secrets.yaml"
PREFIX = "GUIWEI_SECRET_"


class SecretsReadableWarning(UserWarning):
    """The secrets file may be read by other users of the machine."""


class Secrets(Mapping[str, str]):
    """Name -> secret. Neither repr, str, format nor pickle gives a value away; only `secrets[name]` does."""

    __slots__ = ("__values",)

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.__values = dict(values or {})

    def __getitem__(self, name: str) -> str:
        """Raises KeyError (naming the secret, not its value)."""
        return self.__values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__values)

    def __len__(self) -> int:
        return len(self.__values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(f'{name}=***' for name in sorted(self.__values))})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Secrets are not copied or written anywhere.")


def load_secrets(folder: Path, environment: Mapping[str, str] | None = None) -> Secrets:
    """Secrets of a site folder and of the environment (default: the process's own).

    Warns (SecretsReadableWarning) when others may read the file. Raises SiteError when the file is no flat mapping of
    names to texts; the message names keys and lines, never values.
    """
    values = _of_file(folder / SECRETS_FILE)
    for key, value in (os.environ if environment is None else environment).items():
        if key.startswith(PREFIX) and len(key) > len(PREFIX):
            values[key.removeprefix(PREFIX).lower()] = value
    return Secrets(values)


def missing_secrets(site: Site, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """(camera id, secret name) of every secret that the site refers to and nobody gave."""
    return [
        (camera.id, source.secret)
        for camera in site.cameras.values()
        for source in (camera.source, camera.sub_source)
        if source is not None and source.secret is not None and source.secret not in secrets
    ]


def _of_file(file: Path) -> dict[str, str]:
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError:
        mode = 0  # reading it, next, tells why
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        warnings.warn(both("site.secrets.readable", file=file.name), SecretsReadableWarning, stacklevel=3)
    document = read_document(file)
    if document.data is None or document.data == {}:
        return {}
    if not isinstance(document.data, dict):
        raise SiteFileError(str(file), [Problem(both("site.secrets.form"), line=1, column=1)])
    if problems := [p for key, value in document.data.items() if (p := _entry_problem(document, key, value))]:
        raise SiteFileError(str(file), problems)
    return {key: str(value) for key, value in document.data.items()}


def _entry_problem(document: Document, key: str, value: object) -> Problem | None:
    line, column = document.place((key,))
    if not re.fullmatch(r"[a-z0-9_]{1,64}", key):
        return Problem(both("site.secrets.name"), "", line, column, expected="a-z 0-9 _")
    if not isinstance(value, str) or not value:
        return Problem(both("site.secrets.form"), key, line, column, next_step=both("site.next.quote"))
    return None
