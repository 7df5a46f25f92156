"""The server that stands for the API in the tests takes for a request only what arrived whole."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

from tests.pipelines_box.other_end import other_end


def test_a_request_cut_off_in_its_body_is_none():
    with other_end() as end:
        address = urlsplit(end.url)
        with socket.create_connection((address.hostname, address.port)) as cut:
            cut.sendall(b"POST /api/v1/incidents HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\n")
            cut.shutdown(socket.SHUT_WR)
            assert cut.recv(1) == b""
        whole = http.client.HTTPConnection(address.netloc)
        whole.request("POST", "/api/v1/incidents", body=b'{"revision":1}')
        assert whole.getresponse().status == 201
        whole.close()
        assert end.incidents() == [{"revision": 1}]
