"""Commands whose modules are loaded when they are called: a word of help need not wait for networks and plots."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click
import typer
from typer.core import TyperCommand, TyperGroup

from models.texts import both


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is written: `module` holds a function or a Typer under `name`; help: key of its text."""

    module: str
    name: str
    help: str

    def load(self) -> Any:
        """The click command. Imports the module."""
        written = getattr(import_module(self.module), self.name)
        if isinstance(written, typer.Typer):
            return typer.main.get_command(written)
        alone = typer.Typer(add_completion=False)
        alone.command(help=both(self.help))(written)
        return typer.main.get_command(alone)


def group_of(entries: dict[str, Entry]) -> type[TyperGroup]:
    """A click group of these commands, in this order."""

    class Later(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            del ctx
            return list(entries)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            del ctx  # what is listed is a name with its help; `resolve_command` loads what is called
            entry = entries.get(cmd_name)
            return None if entry is None else TyperCommand(cmd_name, help=both(entry.help))

        def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
            name, command, rest = super().resolve_command(ctx, args)
            return name, command if name is None else _named(entries[name].load(), name), rest

    return Later


def _named(command: click.Command, name: str) -> click.Command:
    command.name = name
    return command
