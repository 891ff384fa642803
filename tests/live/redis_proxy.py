"""A way to Redis that can be cut (refused, connections broken) or hung (open, and nobody answers), and mended."""

import contextlib
import selectors
import socket
import threading


class RedisProxy:
    def __init__(self, host="127.0.0.1", port=6379):
        self.target = (host, port)
        self.accepted = 0
        self.hung = False
        self.port = 0
        self._listener = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.mend()

    def mend(self) -> None:
        """Listen (again, on the same port); what hung is broken off, as a restarted server does."""
        self.hung = False
        self._break_off()
        if self._listener is None:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen(64)
            self.port = listener.getsockname()[1]
            self._listener = listener
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._break_off()

    def hang(self) -> None:
        self.hung = True

    def _break_off(self) -> None:
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            self.accepted += 1
            server = socket.create_connection(self.target)
            self._pairs.append((client, server))
            threading.Thread(target=self._pump, args=(client, server), daemon=True).start()

    def _pump(self, client, server) -> None:
        with selectors.DefaultSelector() as selector, client, server:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _events in selector.select():
                    try:
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        if not self.hung:
                            key.data.sendall(data)
                    except OSError:
                        return
