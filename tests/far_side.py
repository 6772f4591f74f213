"""Another machine, for the tests of what is fetched: a small server on this one whose answers a test lays out."""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class FarSide:
    """answers: path → bytes, text, a JSON-able value, or a callable from the query to one of these or (status, headers, body)."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.taken: list[tuple[dict[str, str], str]] = []  # headers and body of what was posted
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def reset(self) -> None:
        self.answers.clear()
        self.asked.clear()
        self.taken.clear()

    def _handler(side) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                side.asked.append(self.path)
                found = side.answers.get(parts.path, (404, {}, b""))
                if callable(found):
                    found = found({name: values[0] for name, values in parse_qs(parts.query).items()})
                status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
                if isinstance(body, (dict, list)):
                    headers, body = {"Content-Type": "application/json", **headers}, json.dumps(body)
                content = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers and "X-Slow" not in headers:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    for byte in content if "X-Slow" in headers else ():
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(0.05)
                    if "X-Slow" not in headers:
                        self.wfile.write(content)
                except OSError:
                    pass  # the other side hung up, as it should

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                side.taken.append((dict(self.headers), body.decode()))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def bomb(megabytes: int) -> tuple[int, dict[str, str], bytes]:
    """A small answer that unpacks to many zeros."""
    return 200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(megabytes * 1024**2))
