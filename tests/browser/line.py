"""A line between a browser and the server that can be cut, also in the midst of an answer."""

import re
import socket
import threading
from contextlib import suppress
from urllib.parse import urlparse

BLOCK = 65_536
REQUEST = re.compile(rb"(?:GET|HEAD|POST) (\S+) HTTP/1\.1\r\n")  # a browser sends no second one before the answer


class Line:
    """Forwards one port to another. cut() and mend(); mute(): what the server answers does not arrive any more.

    bytes  what the server's answers weighed, headings included     asked  paths that were asked over it
    """

    def __init__(self, url: str):
        self.far = (urlparse(url).hostname, urlparse(url).port)
        self.listener: socket.socket | None = None
        self.open: set[socket.socket] = set()
        self.is_mute = False
        self.bytes = 0
        self.asked: list[str] = []
        self.port = 0
        self.mend()
        self.url = f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        self.is_mute = False
        if self.listener is None:
            self.listener = socket.socket()
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(("127.0.0.1", self.port))
            self.listener.listen(50)
            self.port = self.listener.getsockname()[1]
            threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def cut(self) -> None:
        if self.listener is not None:
            with suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        for each in list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mute(self) -> None:
        self.is_mute = True

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
                far = socket.create_connection(self.far)
            except OSError:
                return
            self.open |= {near, far}
            for source, target, back in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._carry, args=[source, target, back], daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, back: bool) -> None:
        with suppress(OSError):
            while block := source.recv(BLOCK):
                if back and self.is_mute:
                    break
                if back:
                    self.bytes += len(block)
                elif asked := REQUEST.match(block):
                    self.asked.append(asked[1].decode())
                target.sendall(block)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            self.open.discard(each)
