"""A drawn showroom for the browser's stories: pictures with blocked-out people, a clip, a timeline. Nobody real."""

from __future__ import annotations

import io

import av
import cv2
import numpy as np

W, H = 960, 540
_FLOOR, _WALL = (196, 205, 210), (222, 226, 226)


def room(people: tuple[tuple[int, int, int], ...] = (), note: str = "") -> bytes:
    """A JPEG of the hall, `people` as (x, y of the feet, height in px), each painted over like real evidence."""
    return jpeg(scene(people, note))


def scene(people: tuple[tuple[int, int, int], ...] = (), note: str = "") -> np.ndarray:
    image = np.full((H, W, 3), _WALL, np.uint8)
    cv2.fillPoly(image, [np.array([[0, H], [0, 330], [260, 210], [700, 210], [W, 330], [W, H]])], _FLOOR)
    for x in range(-400, W + 400, 110):
        cv2.line(image, (x, H), (480 + (x - 480) // 3, 210), (182, 191, 197), 1, cv2.LINE_AA)
    for y in (235, 270, 320, 390, 480):
        cv2.line(image, (0, y), (W, y), (182, 191, 197), 1, cv2.LINE_AA)
    cv2.rectangle(image, (300, 70), (470, 210), (236, 222, 205), -1)
    cv2.rectangle(image, (490, 70), (660, 210), (236, 222, 205), -1)
    cv2.rectangle(image, (300, 70), (660, 210), (150, 152, 150), 2)
    _box(image, (60, 300), (230, 92), (96, 122, 150))
    _box(image, (700, 286), (190, 66), (112, 140, 118))
    _box(image, (430, 400), (180, 54), (140, 126, 108))
    cv2.ellipse(image, (520, 402), (74, 18), 0, 0, 360, (120, 168, 128), -1, cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (5, 5), 0)
    for x, y, height in people:
        _masked(image, x, y, height)
    if note:
        cv2.putText(image, note, (20, H - 18), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 48, 54), 1, cv2.LINE_AA)
    return image


def marked(people: tuple[tuple[int, int, int], ...]) -> bytes:
    """The same hall with the zone and the people outlined."""
    image = scene(people)
    zone = np.array([[40, 520], [250, 330], [690, 330], [900, 520]])
    cv2.polylines(image, [zone], True, (87, 90, 15), 3, cv2.LINE_AA)
    for x, y, height in people:
        cv2.rectangle(image, (x - height // 6, y - height), (x + height // 6, y), (32, 107, 221), 2)
        cv2.putText(image, "75 s", (x - 20, y - height - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (32, 107, 221), 2)
    return jpeg(image)


def timeline() -> bytes:
    """A PNG strip: present, served, unseen."""
    image = np.full((150, W, 3), 255, np.uint8)
    for row, (start, end, colour) in enumerate(((90, 870, (125, 127, 63)), (690, 870, (97, 146, 45)))):
        cv2.rectangle(image, (start, 30 + 44 * row), (end, 54 + 44 * row), colour, -1)
    cv2.line(image, (620, 14), (620, 128), (40, 56, 198), 2)
    for second in range(0, 100, 15):
        x = 90 + second * 8
        cv2.putText(image, f"{second} s", (x, 142), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (110, 115, 120), 1, cv2.LINE_AA)
    done, data = cv2.imencode(".png", image)
    assert done
    return data.tobytes()


def clip(seconds: float = 1.0) -> bytes:
    """An H.264 clip of somebody walking in."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = W // 2, H // 2, "yuv420p"
        for i in range(round(10 * seconds)):
            image = cv2.resize(scene(((300 + 30 * i, 500, 200),)), (W // 2, H // 2))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return buffer.getvalue()


def jpeg(image: np.ndarray) -> bytes:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    return data.tobytes()


def _box(image: np.ndarray, corner: tuple[int, int], size: tuple[int, int], colour: tuple[int, int, int]) -> None:
    (x, y), (w, h) = corner, size
    lid = np.array([[x, y], [x + 24, y - 20], [x + w - 24, y - 20], [x + w, y]])
    cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1)
    cv2.fillPoly(image, [lid], tuple(min(255, c + 40) for c in colour))


def _masked(image: np.ndarray, x: int, y: int, height: int) -> None:
    """Coarse blocks instead of a person: what evidence looks like after masking."""
    width, block = height // 3, max(10, height // 12)
    rng = np.random.default_rng(x * 31 + y)
    cv2.ellipse(image, (x, y), (width // 2, height // 24), 0, 0, 360, (150, 158, 163), -1, cv2.LINE_AA)
    for top in range(y - height, y, block):
        tone = (96, 84, 78) if top < y - height * 0.45 else (88, 76, 64)
        for left in range(x - width // 2, x + width // 2, block):
            jitter = rng.integers(-22, 22)
            colour = tuple(int(np.clip(c + jitter, 0, 255)) for c in tone)
            cv2.rectangle(image, (left, top), (min(left + block, x + width // 2), min(top + block, y)), colour, -1)
