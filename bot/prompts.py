"""Prompts are files (`prompts/*.toml`) with strict variables: a missing or unknown one is an error, braces in quotes are not.

A file holds `system`, `user` (a `string.Template` with `$name` variables) and `[[examples]]` of `values` and `reply`;
`[[shots]]` are further examples for base models only.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import TYPE_CHECKING, Any

from bot.llm import Message, Prompt
from bot.resources import prompts_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """A prompt as written in its file: the fixed conversation and the template of the last turn."""

    name: str
    fixed: tuple[Message, ...]
    user: Template
    shots: tuple[Message, ...] = ()

    def fill(self, **values: str) -> Prompt:
        """Return the prompt for these values.

        Raises:
            KeyError: a variable of the template has no value.
            TypeError: a value has no variable in the template.
        """
        return Prompt(fixed=self.fixed, asked=_substitute(self.name, self.user, values), shots=self.shots)


@cache
def load_prompt(name: str) -> PromptFile:
    """Read `prompts/<name>.toml`."""
    data = tomllib.loads((prompts_dir() / f"{name}.toml").read_text(encoding="utf-8"))
    user = Template(data["user"].strip())
    system = Message(role="system", content=data["system"].strip())
    examples, shots = (tuple(_turns(name, user, data.get(key, ()))) for key in ("examples", "shots"))
    return PromptFile(name=name, fixed=(system, *examples), user=user, shots=shots)


def _turns(name: str, user: Template, examples: Iterable[dict[str, Any]]) -> Iterator[Message]:
    for example in examples:
        yield Message(role="user", content=_substitute(name, user, example["values"]))
        yield Message(role="assistant", content=example["reply"])


def _substitute(name: str, template: Template, values: dict[str, str]) -> str:
    unknown = set(values) - set(template.get_identifiers())
    if unknown:
        raise TypeError(f"prompt {name} has no variable {', '.join(sorted(unknown))}")
    return template.substitute({key: " ".join(value.split()) for key, value in values.items()})
