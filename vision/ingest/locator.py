"""From a configured Source to what libav is told to open, with the credentials out of sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from models.domain.site import Source, SourceKind
from vision.ingest.faults import Fault, UnreadableError

FILE_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,h264,hevc,dhav,mpegvideo,m4v,nut,"
    "wav,mp3,aac,flac,ogg"
)
"""Containers that are recordings (dhav: Dahua recorders). Playlists, pictures and text that libav would read too are
not: a playlist can name other files and hosts. The audio ones are there to be refused by name."""

LONGEST_CREDENTIALS = 127
"""libav keeps `user:password`, percent-encoded, in 128 bytes and cuts off the rest in silence."""


@dataclass(frozen=True, slots=True)
class Locator:
    """What to open. `shown` may be told to anybody; `url` and `options` go to libav only and are not in the repr."""

    shown: str
    url: str = field(repr=False)
    options: Mapping[str, str] = field(repr=False)
    live: bool


def locate(source: Source, secrets: Mapping[str, str]) -> Locator:
    """Raises UnreadableError for a missing or empty file, a malformed address, or a secret that is not there."""
    if source.kind is SourceKind.FILE:
        return locate_file(Path(source.address))
    return _locate_stream(source, secrets)


def locate_file(path: Path) -> Locator:
    """Raises UnreadableError for a missing or empty file, or what is no file at all."""
    shown = str(path)
    fault: Fault | None = None
    try:
        if not path.exists():
            fault = Fault.MISSING
        elif not path.is_file():
            fault = Fault.NOT_A_FILE
        elif path.stat().st_size == 0:
            fault = Fault.EMPTY
    except OSError:
        fault = Fault.FORBIDDEN
    if fault is not None:
        raise UnreadableError(fault, where=shown, got="0 bytes" if fault is Fault.EMPTY else "")
    # The prefix keeps libav from taking a colon in the name for a protocol.
    options = {"protocol_whitelist": "file", "format_whitelist": FILE_FORMATS}
    return Locator(shown, f"file:{path}", options, live=False)


def _locate_stream(source: Source, secrets: Mapping[str, str]) -> Locator:
    parts = urlsplit(source.address)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if parts.scheme not in ("rtsp", "rtsps") or not parts.hostname:
        raise UnreadableError(Fault.BAD_ADDRESS, where=shown, got=parts.scheme or "no scheme")
    if "@" in parts.netloc:
        raise UnreadableError(Fault.BAD_ADDRESS, where=shown, got="user or password inside the address")
    if source.transport not in ("tcp", "udp"):
        raise UnreadableError(Fault.BAD_ADDRESS, where=shown, got=f"transport {source.transport}")
    credentials = _credentials(source, secrets, shown)
    netloc = f"{credentials}@{parts.netloc}" if credentials else parts.netloc
    options = {
        "rtsp_transport": source.transport,
        "allowed_media_types": "video",  # with sound beside it libav moves the times at the first RTCP report
        "protocol_whitelist": "rtsp,rtsps,rtp,udp,tcp,tls",
        # Hand pictures out as they come: probing the rate holds the first 2 s back, and they would be dated late.
        "fpsprobesize": "0",
        "analyzeduration": "0",
        "probesize": "32",
    }
    return Locator(shown, parts._replace(netloc=netloc).geturl(), options, live=True)


def _credentials(source: Source, secrets: Mapping[str, str], shown: str) -> str:
    if source.secret is not None and source.secret not in secrets:
        raise UnreadableError(Fault.NO_CREDENTIALS, where=shown, got=f"no secret named {source.secret!r}")
    password = secrets[source.secret] if source.secret is not None else ""
    if source.user is None:
        return ""
    credentials = f"{quote(source.user, safe='')}:{quote(password, safe='')}"
    if len(credentials) > LONGEST_CREDENTIALS:
        got = f"user and password of {len(credentials)} characters, percent-encoded"
        raise UnreadableError(Fault.BAD_ADDRESS, where=shown, got=got)
    return credentials
