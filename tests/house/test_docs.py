"""What is not documented does not exist: every rule, parameter, command, endpoint and setting has its line."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import Settings
from guiwei.command import COMMANDS
from guiwei.documentation import DOCS, pages
from models.domain.rules import PLANNED, RULES

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return pages()


def test_the_generated_pages_are_current(generated):
    stale = [name for name, page in generated.items() if (DOCS / name).read_text(encoding="utf-8") != page]
    assert not stale, f"run `make docs` and commit: {stale}"


def test_every_rule_and_parameter_is_in_the_catalogue(generated):
    for code, spec in RULES.items():
        assert code in generated["rules.md"]
        for parameter in spec.parameters:
            assert parameter.name in generated["rules.md"]
            assert parameter.source in generated["rules.md"]
    for code in PLANNED:
        assert code in generated["rules.md"], f"{code} is planned and must be said to be so"


def test_every_command_and_setting_is_documented(generated):
    for path in command_paths():
        assert f"## `{path}`" in generated["commands.md"]
    for name in Settings.model_fields:
        assert f"GUIWEI_{name.upper()}" in generated["settings.md"]


def test_the_two_readmes_show_the_same():
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in READMES)
    assert code_blocks(english, "python") == code_blocks(chinese, "python")
    assert [line.split()[:2] for line in code_blocks(english, "")[0].splitlines()] == [
        line.split()[:2] for line in code_blocks(chinese, "")[0].splitlines()
    ]
    for text in (english, chinese):
        assert text.index("make demo") < text.index("make test") < 900, "the two commands stand at the top"


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_only_commands_and_files_that_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    known = command_paths()
    for line in re.findall(
        r"guiwei [a-z][^`#\n]*", "\n".join([*code_blocks(text, ""), *re.findall(r"`([^`]+)`", text)])
    ):
        words = shlex.split(line)
        assert any(" ".join(words[: n + 1]) in known for n in (1, 2)), f"{name} names an unknown command: {line}"
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), f"{name} links to {target}, which is not there"


def test_the_ten_lines_of_python_run_and_find_the_visitor():
    program = code_blocks((ROOT / "README.md").read_text(encoding="utf-8"), "python")[0]
    assert len([line for line in program.splitlines() if line.strip()]) <= 12
    with subprocess.Popen([sys.executable, "-u", "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        first = run.stdout.readline()  # at 22 s of 90: the rest says nothing new
        run.kill()
    assert first.startswith("open greeter.visitor_unapproached party-1 "), first


def command_paths() -> set[str]:
    def walk(command, path):
        subcommands = getattr(command, "commands", None)
        if not subcommands:
            return {path}
        return {found for name, one in subcommands.items() for found in walk(one, f"{path} {name}")}

    return {path for name, entry in COMMANDS.items() for path in walk(entry.load(), f"guiwei {name}")}


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
