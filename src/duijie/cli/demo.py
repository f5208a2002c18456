"""`duijie demo`: the demonstration region, loaded, matched and served; says where to look and how to sign in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from duijie.cli.platform import django_ready, speak_from_environment


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--fresh", is_flag=True, help="begin anew, forgetting what was tried before")
@click.option("--no-serve", is_flag=True, help="load and match only")
def demo(host: str, port: int, fresh: bool, no_serve: bool) -> None:
    """Load the demonstration region, run the matching, serve the exchange."""
    folder = Path(os.environ.setdefault("DUIJIE_DATA_DIR", "var/demo")).resolve()
    if fresh and folder.exists():
        import shutil

        shutil.rmtree(folder)
    os.environ.setdefault("DUIJIE_BASE_URL", f"http://{host}:{port}")
    django_ready()
    speak_from_environment()

    from duijie.core.events import dispatch_all
    from duijie.core.installing import bring_up_to_date
    from duijie.core.worker import work_once
    from duijie.demo.chapters import load_chapters
    from duijie.demo.conversations import load_conversations
    from duijie.demo.load import PASSWORD, load_demo, logins
    from duijie.match.index import close_match_index
    from duijie.match.upkeep import learn
    from duijie.publish.search import search_index

    bring_up_to_date()
    loaded = folder / "demo-loaded"
    if not loaded.exists():
        click.echo("载入示范区域…… loading the demonstration region", err=True)
        load_demo(tell=lambda line: click.echo(f"  {line}", err=True))
        click.echo("匹配…… matching", err=True)
        dispatch_all()  # indexes everything; partners are found once the engine has learnt from all of it
        learn()
        work_once()
        load_conversations()
        work_once()
        load_chapters(tell=lambda line: click.echo(f"  {line}", err=True))
        work_once()
        loaded.touch()
    search_index().close()
    close_match_index()
    lines = [f"  {name:<18}{role}" for name, role in logins()]
    click.echo(
        f"\n对接示范区域 The demonstration region: http://{host}:{port}/\n"
        f"登录 Sign in（密码 password: {PASSWORD}）\n" + "\n".join(lines) + "\n"
    )
    if not no_serve:
        sys.stdout.flush()
        # In place of this process, which holds all that was loaded.
        os.execv(sys.executable, [sys.executable, "-m", "duijie", "serve", "--host", host, "--port", str(port)])
