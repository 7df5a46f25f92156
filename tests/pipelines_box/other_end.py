"""An HTTP server that answers as a test says, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, str, bytes]
OK: Reply = (201, "application/json", b"{}")


@dataclass
class OtherEnd:
    """answer(method, path, body) -> status, content type, bytes; `asked` holds (method, path, body) in order."""

    url: str = ""
    answer: Callable[[str, str, bytes], Reply] = field(default=lambda _method, _path, _body: OK)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    def incidents(self) -> list[dict]:
        return [
            json.loads(body) for method, path, body in self.asked if (method, path) == ("POST", "/api/v1/incidents")
        ]


def refusal(status: int, what: str = "", next_step: str = "") -> Reply:
    error = {"code": "x", "what": what, "where": "", "got": "", "expected": "", "next_step": next_step}
    return status, "application/json", json.dumps({"error": error}).encode()


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A killed box breaks its connection off: that is the story, not a fault of this end."""


@contextmanager
def other_end() -> Iterator[OtherEnd]:
    end = OtherEnd()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            n_bytes = int(self.headers.get("content-length", 0))
            body = self.rfile.read(n_bytes)
            if len(body) < n_bytes:
                # The box was killed between the head and the end of its request: no server takes that for a request.
                self.close_connection = True
                return
            end.asked.append((self.command, self.path, body))
            status, media, data = end.answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = handle_any  # noqa: N815 - the names the base class looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Nothing: the test asks `asked`."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    end.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield end
    finally:
        end.held.set()
        server.shutdown()
        server.server_close()
        thread.join()
