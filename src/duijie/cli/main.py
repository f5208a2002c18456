"""The `duijie` command: one group whose commands are loaded only when called.

Commands over engines (match, evaluate, train, timetable, index) load neither Django nor a database; commands over the
platform start Django first. Keeping the table here lets `duijie --help` answer without importing any of them.
"""

from __future__ import annotations

import importlib

import click

# name -> "module:attribute" of a click command
COMMANDS: dict[str, str] = {
    "agreement": "duijie.cli.members:agreement",
    "alliance": "duijie.cli.members:alliance",
    "audit": "duijie.cli.upkeep:audit",
    "backup": "duijie.cli.upkeep:backup",
    "council": "duijie.cli.council:council",
    "demo": "duijie.cli.demo:demo",
    "deal": "duijie.cli.land:deal",
    "doctor": "duijie.cli.upkeep:doctor",
    "exchange": "duijie.cli.council:exchange",
    "event": "duijie.cli.events:event",
    "key": "duijie.cli.people:key",
    "leave": "duijie.cli.officers:leave",
    "listing": "duijie.cli.listings:listing",
    "mcp": "duijie.cli.mcp:mcp",
    "member": "duijie.cli.members:member",
    "node": "duijie.cli.federate:node",
    "organisation": "duijie.cli.members:organisation",
    "figures": "duijie.cli.land:figures",
    "plan": "duijie.cli.plan:plan",
    "report": "duijie.cli.plan:report",
    "generate": "duijie.cli.generate:generate",
    "ranking": "duijie.cli.ranking:ranking",
    "rematch": "duijie.cli.rematch:rematch",
    "period": "duijie.cli.land:period",
    "project": "duijie.cli.land:project",
    "restore": "duijie.cli.upkeep:restore",
    "rota": "duijie.cli.rota:rota",
    "serve": "duijie.cli.serve:serve",
    "sheet": "duijie.cli.sheets:sheet",
    "training": "duijie.cli.officers:training",
    "upgrade": "duijie.cli.upkeep:upgrade",
    "user": "duijie.cli.people:user",
    "web": "duijie.cli.serve:web",
    "work": "duijie.cli.serve:work",
    "match": "duijie.cli.match:match",
    "train": "duijie.cli.train:train_command",
    "match-all": "duijie.cli.match_all:match_all",
    "evaluate": "duijie.cli.evaluate:evaluate",
    "source": "duijie.cli.federate:source",
    "timetable": "duijie.cli.timetable:timetable",
    "index": "duijie.cli.index:index",
    "indicator": "duijie.cli.measures:indicator",
    "round": "duijie.cli.measures:round_group",
    "edition": "duijie.cli.measures:edition",
}


class LazyGroup(click.Group):
    """A click group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, attribute = target.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duijie")
def main() -> None:
    """Duijie 对接: publish, match, meet, land, share, settle, measure."""


if __name__ == "__main__":
    main()
