"""``chengxin serve``: web, worker and clock, until interrupted."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading

from chengxin.core.errors import ConflictError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--web-processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=16, help="threads of each web process")
    parser.add_argument("--no-worker", action="store_true", help="网页之外不做别的 / web only")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    _refuse_taken_port(options.host, options.port)
    from chengxin.faces import boot, lifeline

    boot.setup_django()
    boot.ready(quiet=True)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    web = lifeline.start(_words(options, lifeline.GRACE - 2))
    if not options.no_worker:
        _start(stop)
    sys.stderr.write(f"诚信已开门 / open at http://{options.host}:{options.port}\n")
    try:
        while not stop.wait(1.0):
            if web.poll() is not None:
                return 3
    finally:
        stop.set()
        lifeline.end(web)
    return 0


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConflictError("cli.port_taken", port=port) from error


def _words(options: argparse.Namespace, patience: int) -> list[str]:
    """The web server's command; a worker that does not stop within ``patience`` seconds it ends itself."""
    said = {
        "interface": "wsgi",
        "host": options.host,
        "port": options.port,
        "workers": options.web_processes,
        "blocking-threads": options.threads,
        "log-level": "warning",
        "workers-kill-timeout": patience,
    }
    words = [word for name, value in said.items() for word in (f"--{name}", str(value))]
    ends = ["--respawn-failed-workers", "--no-ws", "chengxin.faces.wsgi:application"]
    return [sys.executable, "-m", "granian", *words, *ends]


def _start(stop: threading.Event) -> None:
    from chengxin.faces.jobs import clock, exchange, worker

    for loop in (worker.run, clock.run, exchange.run):
        threading.Thread(target=loop, args=(stop,), daemon=True).start()
