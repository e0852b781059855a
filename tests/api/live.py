"""A WebSocket client for tests: enough of RFC 6455 to talk to GET /live."""
import base64
import os
import socket
import ssl
import struct


class LiveSocket:
    def __init__(self, port, path, headers, tls=False):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        if tls:
            self.connection = ssl._create_unverified_context().wrap_socket(self.connection)
        self.rest = b""
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = [tuple(line.split(": ", 1)) for line in lines]
        self.body = b""
        if self.status != 101:
            length = int(dict((name.lower(), value) for name, value in self.headers).get("content-length", 0))
            self.body = self.take(length)
            self.close()

    def more(self):
        piece = self.connection.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.rest += piece

    def take(self, count):
        while len(self.rest) < count:
            self.more()
        out, self.rest = self.rest[:count], self.rest[count:]
        return out

    def send(self, text, opcode=1):
        payload = text.encode()
        mask = os.urandom(4)
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(payload))
        self.connection.sendall(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def receive(self):
        """The next text; pings are answered. ConnectionError when the server says goodbye."""
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            if size >= 126:
                size = struct.unpack(">H" if size == 126 else ">Q", self.take(2 if size == 126 else 8))[0]
            payload = self.take(size)
            if first & 0x0F == 9:
                self.send(payload.decode(), opcode=10)
            elif first & 0x0F == 8:
                raise ConnectionError(f"the server said goodbye: {struct.unpack('>H', payload[:2])[0]}")
            elif first & 0x0F == 1:
                return payload.decode()

    def close(self):
        self.connection.close()
