"""The sample application: answers with the greeting of its configuration, and logs each request to a file."""

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from logging.handlers import RotatingFileHandler
from pathlib import Path

CONFIGURATION = Path("/configuration/hello.json")
LOG = Path("/var/log/hello/hello.log")


class Hello(BaseHTTPRequestHandler):
    """Answers every path."""

    greeting = "Hello"

    def do_GET(self) -> None:
        """Answer with the greeting."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.greeting}\n".encode())

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the name of the library
        """Log to the file that the sidecar ships."""
        logging.getLogger("hello").info(format, *values)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, handlers=[RotatingFileHandler(LOG, maxBytes=10_000_000, backupCount=2)])
    Hello.greeting = json.loads(CONFIGURATION.read_text(encoding="utf-8"))["greeting"]
    ThreadingHTTPServer(("", 8080), Hello).serve_forever()
