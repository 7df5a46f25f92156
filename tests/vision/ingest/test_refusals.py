"""What cannot be read is refused with what, where, got, expected and the next step, and without a password."""

import socket
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import pytest

from models.domain.clock import SimulatedClock
from models.domain.errors import SourceError
from models.domain.site import Source, SourceKind
from models.texts import catalogue
from tests.media import damaged, numbered, write_audio, write_video
from tests.vision.ingest import camera, file
from vision.ingest import Fact, FactKind, Fault, Loss, Patience, UnreadableError, open_source, picture_at, probe
from vision.ingest.locator import locate

PASSWORD = "s3cret:/@%密码"
HASTY = Patience(open_s=0.5, read_s=0.5)


def refusal(source, secrets=None, anchor_utc_us=0):
    """The error of opening and reading a source."""
    with pytest.raises(SourceError) as refused:
        list(
            open_source(
                camera(source),
                secrets=secrets or {},
                clock=SimulatedClock(),
                anchor_utc_us=anchor_utc_us,
                patience=HASTY,
            )
        )
    assert isinstance(refused.value, UnreadableError)
    return refused.value


def assert_helpful(error, where):
    assert error.where == where
    assert error.what
    assert error.expected
    assert error.next_step
    assert "next: " in str(error)
    assert error.said("zh").what != error.what
    assert error.said("zh").fault is error.fault


def missing(folder):
    return folder / "gone.mp4"


def a_folder(folder):
    return folder


def empty(folder):
    (folder / "e.mp4").touch()
    return folder / "e.mp4"


def truncated(folder):
    whole = write_video(folder / "whole.mp4", 50).read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    return folder / "cut.mp4"


def audio_only(folder):
    return write_audio(folder / "a.mp4")


def a_song(folder):
    return write_audio(folder / "a.wav")


def text_named_mp4(folder):
    (folder / "t.mp4").write_text("归位\n" * 500, encoding="utf-8")
    return folder / "t.mp4"


def a_text(folder):
    (folder / "t.txt").write_text("hello\n" * 500)
    return folder / "t.txt"


def a_photograph(folder):
    cv2.imwrite(str(folder / "p.jpg"), numbered(3))
    return folder / "p.jpg"


def a_playlist(folder):
    """A list that names other files must not be followed."""
    write_video(folder / "other.ts", 5)
    (folder / "list.m3u8").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n", encoding="utf-8"
    )
    return folder / "list.m3u8"


def noise_between_headers(folder):
    whole = write_video(folder / "w.mp4", 30, container_options={"movflags": "faststart"})
    return damaged(folder / "noise.mp4", whole, whole.read_bytes().index(b"mdat") / whole.stat().st_size + 0.01, 1.0)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (missing, Fault.MISSING),
        (a_folder, Fault.NOT_A_FILE),
        (empty, Fault.EMPTY),
        (truncated, Fault.TRUNCATED),
        (audio_only, Fault.AUDIO_ONLY),
        (a_song, Fault.AUDIO_ONLY),
        (text_named_mp4, Fault.NOT_VIDEO),
        (a_text, Fault.NOT_VIDEO),
        (a_photograph, Fault.NOT_VIDEO),
        (a_playlist, Fault.NOT_VIDEO),
        (noise_between_headers, Fault.NO_PICTURE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_file_that_is_no_recording(tmp_path, make, fault):
    path = make(tmp_path)
    error = refusal(file(path))
    assert error.fault is fault
    assert_helpful(error, str(path))
    for look in (lambda: probe(file(path)), lambda: picture_at(path, 0)):
        with pytest.raises(UnreadableError):
            look()


def test_a_recording_whose_start_nobody_told(tmp_path):
    path = write_video(tmp_path / "a.mp4", 2)
    error = refusal(file(path), anchor_utc_us=None)
    assert error.fault is Fault.NO_START
    assert_helpful(error, str(path))


def stream(address, **more):
    return Source(SourceKind.RTSP, address, **more)


@pytest.mark.parametrize(
    "source",
    [
        stream("http://10.0.0.9/cam"),
        stream("10.0.0.9/cam"),
        stream("rtsp:///cam"),
        stream("rtsp://10.0.0.9/cam", transport="sctp"),
        stream("rtsp://10.0.0.9/cam", user="u" * 200),
    ],
)
def test_a_malformed_address(source):
    assert refusal(source).fault is Fault.BAD_ADDRESS


def test_a_password_inside_the_address_is_refused_without_repeating_it():
    error = refusal(stream("rtsp://u:hunter2@10.0.0.9:554/cam"))
    assert error.fault is Fault.BAD_ADDRESS
    assert error.where == "rtsp://10.0.0.9:554/cam"
    assert_silent(error, "hunter2")


def test_a_secret_that_is_not_there_is_named():
    error = refusal(stream("rtsp://10.0.0.9/cam", user="u", secret="door"))
    assert error.fault is Fault.NO_CREDENTIALS
    assert "'door'" in error.got


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_host_that_refuses_is_told_without_the_password(capfd):
    source = stream(f"rtsp://127.0.0.1:{closed_port()}/cam", user="admin", secret="door")
    error = refusal(source, {"door": PASSWORD})
    assert error.fault is Fault.UNREACHABLE
    assert_helpful(error, source.address)
    assert_silent(error, PASSWORD)
    assert "".join(capfd.readouterr()) == ""


def test_a_host_that_accepts_and_says_nothing_is_given_up():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        source = stream(f"rtsp://127.0.0.1:{mute.getsockname()[1]}/cam", user="admin", secret="door")
        error = refusal(source, {"door": PASSWORD})
    assert error.fault is Fault.NO_ANSWER
    assert_silent(error, PASSWORD)


def test_a_server_that_speaks_something_else_is_told():
    web = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    serving = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        error = refusal(stream(f"rtsp://127.0.0.1:{web.server_port}/cam"))
    finally:
        web.shutdown()
        serving.join()
        web.server_close()
    assert error.fault in (Fault.NO_ANSWER, Fault.REFUSED)
    assert_helpful(error, error.where)


def assert_silent(error, password):
    """Neither the error, nor what it was raised from, nor a traceback with all of that says the password."""
    told = [str(error), repr(error), "".join(traceback.format_exception(error))]
    seen = error
    while seen := seen.__cause__ or seen.__context__:
        told += [str(seen), repr(seen), repr(seen.args)]
    assert password not in "\n".join(told)
    assert "%3A%2F%40" not in "\n".join(told), "nor percent-encoded"


def test_what_goes_to_libav_is_not_in_a_repr():
    source = stream("rtsp://10.0.0.9/cam", user="admin", secret="door")
    locator = locate(source, {"door": PASSWORD})
    assert "s3cret" in locator.url
    assert "s3cret" not in repr(locator)
    opened = open_source(camera(source), secrets={"door": PASSWORD}, clock=SimulatedClock())
    assert "s3cret" not in repr(opened)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fault_loss_and_fact_has_its_texts(language):
    for fault in Fault:
        assert UnreadableError(fault, where="x").said(language).next_step
    for loss in Loss:
        assert catalogue()[f"ingest.lost.{loss}"][language]
    for kind in FactKind:
        assert "3" in Fact(kind, 3).said(language)


def test_the_catalogue_has_no_text_of_ingest_that_nothing_uses():
    used = {f"ingest.fault.{f}.{part}" for f in Fault for part in ("what", "expected", "next")}
    used |= {f"ingest.lost.{loss}" for loss in Loss} | {f"ingest.fact.{kind}" for kind in FactKind}
    assert {key for key in catalogue() if key.startswith("ingest.")} == used
