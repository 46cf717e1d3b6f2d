"""The command line: `rapport COMMAND`, also `python -m proxy COMMAND`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from adapters.ports import AdapterError, ConfigError, MalformedRequest, Material
from adapters.ports.ledger import State
from policies.rewards.places import CONTEXTS
from proxy import telemetry
from proxy.config import ConfigErrors
from proxy.settings import VERSION, Logging

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 where something outside failed, 2 for wrong use or configuration."""
    options = _parser().parse_args(arguments)
    telemetry.configure(Logging(level="warning"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character is no reason to fail
    try:
        _check_text(options)
        status = _find(options.run)(options)
        sys.stdout.flush()  # so that a full disk is noticed while it can still be told
        return status
    except (ConfigErrors, ConfigError, MalformedRequest) as error:
        return _fail(2, str(error))
    except AdapterError as error:
        return _fail(1, f"rapport: {error}")
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        return _fail(1, f"rapport: {where}{error.strerror or 'input or output failed'}")


def _check_text(options: argparse.Namespace) -> None:
    """Refuse words that are not UTF-8; only names of files may be any bytes."""
    for name, value in vars(options).items():
        if name != "file" and isinstance(value, str) and value.encode("utf-8", "replace").decode() != value:
            raise ConfigError(name, "is not UTF-8")


def _fail(status: int, text: str) -> int:
    print(text, file=sys.stderr)
    return status


def _drop_output() -> None:
    """What could not be written would be tried again, and complained of, when the interpreter ends."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _find(name: str) -> Command:
    """A command by `module:function`; only the one that is wanted is imported."""
    from importlib import import_module

    module, _, function = name.partition(":")
    command: Command = getattr(import_module(f"proxy.commands.{module}"), function)
    return command


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, help="the configuration (default: config.yaml here, else defaults)")
    json = argparse.ArgumentParser(add_help=False, parents=[common])
    json.add_argument("--json", action="store_true", help="print JSON, for scripts")
    tenant = argparse.ArgumentParser(add_help=False, parents=[json])
    tenant.add_argument("--tenant", type=_name, default="default", help="whose people or knowledge (default: default)")

    parser = argparse.ArgumentParser("rapport", description="A sidecar that makes any chat app know its users.")
    parser.add_argument("--version", action="version", version=f"rapport {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "serve", "serve:serve", "start the proxy", common)
    _add(commands, "check", "check:check", "check the configuration and print the chain", json)
    _add(commands, "schema", "check:print_schema", "print the JSON schema of config.yaml")
    demo = _add(commands, "demo", "demo:demo", "play the story on the embedded backend")
    demo.add_argument("--fast", action="store_true", help="without pauses")
    ingest = _add(commands, "ingest", "knowledge:ingest", "put files into the knowledge index", tenant)
    ingest.add_argument("paths", nargs="+", metavar="PATH", help="files, folders or globs")
    ingest.add_argument("--material", choices=get_args(Material), default="knowledge",
                        help="experiences: reviews, cases and answers for people who are new (default: knowledge)")
    search = _add(commands, "search", "knowledge:search", "search the knowledge index", tenant)
    search.add_argument("text")
    search.add_argument("--limit", type=int, default=5, help="how many passages (default: 5)")
    explain = _add(commands, "explain", "explain:explain", "show a request as it would leave; nothing is sent", tenant)
    explain.add_argument("text")
    explain.add_argument("--user", help="who asks")
    explain.add_argument("--model", default="demo", help="the model to name (default: demo)")
    sql = _add(commands, "sql", "sql:sql", "show how a question over the tables is computed; nothing is sent", tenant)
    sql.add_argument("text", metavar="QUESTION")
    sql.add_argument("--ask-model", action="store_true", help="let `sql.model` write what no template does")
    _knowledge(commands, tenant)
    _write_back(commands, tenant)
    person = argparse.ArgumentParser(add_help=False, parents=[tenant])
    person.add_argument("user", help="the id that callers send")
    person.add_argument("--internal", action="store_true", help="USER is an internal id, as `users list` shows it")
    _people(commands, tenant, person)
    _taste(commands, tenant, person)
    _keys(commands, json)
    return parser


def _knowledge(commands: argparse._SubParsersAction[argparse.ArgumentParser], tenant: argparse.ArgumentParser) -> None:
    knowledge = commands.add_parser("knowledge", help="the knowledge index: status, sources, remove, rebuild")
    actions = knowledge.add_subparsers(required=True, metavar="ACTION")
    _add(actions, "status", "library:status", "how much is in it, and whether it can be read", tenant)
    _add(actions, "sources", "library:sources", "what is in it, by source", tenant)
    remove = _add(actions, "remove", "library:remove", "take sources out", tenant)
    remove.add_argument("sources", nargs="+", metavar="SOURCE", help="a source, or a file or folder with all below it")
    _add(actions, "rebuild", "library:rebuild", "make it anew from its sources, also if it is damaged", tenant)


def _write_back(commands: argparse._SubParsersAction[argparse.ArgumentParser], tenant: argparse.ArgumentParser) -> None:
    written = commands.add_parser("write-back", help="answers in the index: list, approve, reject, rollback")
    actions = written.add_subparsers(required=True, metavar="ACTION")
    listed = _add(actions, "list", "write_back:list_entries", "what was decided, and what is found", tenant)
    listed.add_argument("--state", choices=get_args(State), help="only those in this state")
    _add(actions, "approve", "write_back:approve", "let one be found", tenant).add_argument("id")
    _add(actions, "reject", "write_back:reject", "let one be found no more", tenant).add_argument("id")
    rollback = _add(actions, "rollback", "write_back:rollback", "make what is found as it was", tenant)
    rollback.add_argument("time", metavar="TIME", help="when: like 2026-05-31T12:00, or 90m, 2h, 3d ago")


def _taste(commands: argparse._SubParsersAction[argparse.ArgumentParser], tenant: argparse.ArgumentParser,
           person: argparse.ArgumentParser) -> None:  # fmt: skip
    taste = commands.add_parser("taste", help="people's taste in answers: show, ask, bank, fit")
    actions = taste.add_subparsers(required=True, metavar="ACTION")
    show = _add(actions, "show", "taste:show", "coefficients with intervals, and whether they serve", person)
    ask = _add(actions, "ask", "taste:ask", "put questions in the terminal", person)
    for each in (show, ask):
        each.add_argument("--context", choices=CONTEXTS, default="", help="where (default: everywhere)")
    bank = _add(actions, "bank", "taste:bank", "let `learning.model` write questions", tenant)
    bank.add_argument("--prompts", metavar="FILE", required=True, help="prompts, one a line")
    bank.add_argument("--out", metavar="FILE", help="where to write them (default: standard output)")
    fit = _add(actions, "fit", "taste:fit", "learn axes from the choices of people who share", tenant)
    fit.add_argument("--out", metavar="FILE", default="factors.json", help="where to write them (factors.json)")
    fit.add_argument("--number", type=int, default=5, help="how many axes (default: 5)")


def _people(commands: argparse._SubParsersAction[argparse.ArgumentParser], tenant: argparse.ArgumentParser,
            person: argparse.ArgumentParser) -> None:  # fmt: skip
    users = commands.add_parser("users", help="people's data: list, show, history, change, export, import, forget")
    actions = users.add_subparsers(required=True, metavar="ACTION")
    listed = _add(actions, "list", "people:list_people", "everyone known", tenant)
    listed.add_argument("--all", action="store_true", help="of all tenants")
    for name, text in (("show", "what is known of a person"), ("export", "all that is kept of a person, as JSON"),
                       ("history", "what came and went, version by version")):
        _add(actions, name, f"people:{name}", text, person)
    change = _add(actions, "change", "people:change", "correct what is known of a person", person)
    change.add_argument("--say", metavar="TEXT", help="a correction in words: \"I'm not vegan any more\"")
    for name, text in (("lock", "no evidence changes this claim"), ("unlock", "evidence may change it again"),
                       ("suppress", "known, but never mentioned"), ("mention", "mentioned again")):
        change.add_argument(f"--{name}", metavar="ID", action="append", default=[], help=text)
    paused = change.add_mutually_exclusive_group()
    paused.add_argument("--pause", action="store_true", help="record nothing, and mention nothing")
    paused.add_argument("--resume", action="store_true", help="end the pause")
    change.add_argument("--share", action=argparse.BooleanOptionalAction,
                        help="whether what they speak of is counted, with at least four others, for people who are new")
    imported = _add(actions, "import", "people:import_outputs",
                    "an export, memories of Mem0, ChatGPT's conversations, or JSONL: {text, input?, time?}", person)
    imported.add_argument("file", help="a file, or - for standard input")
    forget = _add(actions, "forget", "people:forget", "erase a person, or one claim", person)
    forget.add_argument("--claim", metavar="ID", help="this claim only, with the words it came from")
    forget.add_argument("--yes", action="store_true", help="do not ask")


def _keys(commands: argparse._SubParsersAction[argparse.ArgumentParser], json: argparse.ArgumentParser) -> None:
    keys = commands.add_parser("keys", help="API keys: create, list, revoke")
    actions = keys.add_subparsers(required=True, metavar="ACTION")
    create = _add(actions, "create", "keys:create", "make a key; it is shown once", json)
    create.add_argument("--name", default="", help="a name to recognise it by")
    create.add_argument("--tenant", type=_name, default="default",
                        help="whose people and knowledge it opens (default: default)")
    create.add_argument("--trust", choices=("backend", "user"), default="user",
                        help="backend: may say in whose name it asks (default: user)")
    _add(actions, "list", "keys:list_keys", "all keys, without the keys themselves", json)
    _add(actions, "revoke", "keys:revoke", "delete a key", json).add_argument("id")


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def _add(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: str, text: str,
         *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text, parents=list(parents))
    command.set_defaults(run=run)
    return command


if __name__ == "__main__":
    sys.exit(main())
