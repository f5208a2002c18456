"""`duijie serve`: one command that serves pages and API and does the work behind them; `duijie work`: the worker alone.

The web server and the worker are two processes, so that matching and imports never take a request's turn at the interpreter; this
command starts both, restarts whichever dies, and ends both (docs/decisions/0003-two-processes-one-command.md).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import click

from duijie.cli.platform import platform_command

RESTART_SECONDS = 0.5


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True, help="request threads of each web process")
@click.option("--workers", default=1, show_default=True, help="web processes")
@click.option("--no-work", is_flag=True, help="serve only; workers run elsewhere")
def serve(host: str, port: int, threads: int, workers: int, no_work: bool) -> None:
    """Serve the exchange: pages, API and the work behind them."""
    base = [sys.executable, "-m", "duijie"]
    # A process of its own: this one stays small, as it only watches over the others.
    upgraded = subprocess.run([*base, "upgrade"], stdout=subprocess.DEVNULL)
    if upgraded.returncode:
        sys.exit(upgraded.returncode)
    options = ["--host", host, "--port", str(port), "--threads", str(threads), "--workers", str(workers)]
    commands = [[*base, "web", *options]]
    if not no_work:
        commands.append([*base, "work"])
    _supervise(commands)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True)
@click.option("--workers", default=1, show_default=True)
def web(host: str, port: int, threads: int, workers: int) -> None:
    """The web server alone (Granian, WSGI)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        target="duijie.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=512,
        respawn_failed_workers=True,
        workers_kill_timeout=5,  # one that is still starting hears no signal, and would be left behind alone
        log_access=False,
    ).serve()


@click.command()
@click.option("--once", is_flag=True, help="do what is waiting, then end")
@platform_command
def work(once: bool) -> None:
    """The worker: deliver events, seal the audit trail, run jobs and what is due."""
    from duijie.core import worker

    if once:
        worker.work_once()
        return
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    worker.work(stop)


def _supervise(commands: list[list[str]]) -> None:
    """Run `commands` until a signal comes; start again whichever ends by itself."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    running = [(command, subprocess.Popen(command)) for command in commands]
    while not stop.wait(RESTART_SECONDS):
        for number, (command, process) in enumerate(running):
            if process.poll() is not None:
                click.echo(f"{command[3]} ended with {process.returncode}; starting it again", err=True)
                running[number] = (command, subprocess.Popen(command))
    for _, process in running:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + 10
    for _, process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
