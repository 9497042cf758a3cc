"""A server that keeps what it is sent, and answers so that an official SDK is content."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: The headers that belong to the API, and are not the HTTP library's own.
HEADERS = ["accept", "authorization", "content-type"]


class Recorder(ThreadingHTTPServer):
    """Keeps the requests by the name that each has in the header `x-test-name`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = {}

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.keep()
        self.answer("application/json", b'{"object":"list","data":[],"has_more":false}')

    def do_DELETE(self):
        self.keep()
        self.answer("application/json", b"{}")

    def do_POST(self):
        body = self.keep()
        if self.path == "/v2/feedback":
            self.answer("application/json", body)
            return
        if self.path.endswith("/annotation"):
            self.answer("application/json", b"{}")
            return
        if self.path.endswith("/stream"):
            self.answer("text/event-stream", b"data: [DONE]\n\n")
        else:
            self.send_response(204)
            self.end_headers()

    def keep(self):
        name = self.headers["x-test-name"]
        sent = self.rfile.read(int(self.headers["content-length"] or 0))
        body = sent.decode()
        request = {
            "method": self.command,
            "target": self.path,
            "headers": {header: self.headers[header] for header in HEADERS},
            "body": json.loads(body) if body else None,
        }
        if name is None or name in self.server.requests:
            raise AssertionError(f"a request without a name, or sent twice: {name}")
        self.server.requests[name] = request
        return sent

    def answer(self, content_type, body):
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
