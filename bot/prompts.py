"""Prompts are files (`prompts/*.toml`) with strict variables: a missing or unknown one is an error, braces in quotes are not.

A file holds `system`, `user` (a `string.Template` with `$name` variables) and `[[examples]]` of `values` and `reply`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from string import Template

from bot.llm import Message, Prompt
from bot.resources import prompts_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """A prompt as written in its file: the fixed conversation and the template of the last turn."""

    name: str
    fixed: tuple[Message, ...]
    user: Template

    def fill(self, **values: str) -> Prompt:
        """Return the prompt for these values.

        Raises:
            KeyError: a variable of the template has no value.
            TypeError: a value has no variable in the template.
        """
        return Prompt(fixed=self.fixed, asked=_substitute(self.name, self.user, values))


@cache
def load_prompt(name: str) -> PromptFile:
    """Read `prompts/<name>.toml`."""
    data = tomllib.loads((prompts_dir() / f"{name}.toml").read_text(encoding="utf-8"))
    user = Template(data["user"].strip())
    fixed = [Message(role="system", content=data["system"].strip())]
    for example in data.get("examples", ()):
        fixed.append(Message(role="user", content=_substitute(name, user, example["values"])))
        fixed.append(Message(role="assistant", content=example["reply"]))
    return PromptFile(name=name, fixed=tuple(fixed), user=user)


def _substitute(name: str, template: Template, values: dict[str, str]) -> str:
    unknown = set(values) - set(template.get_identifiers())
    if unknown:
        raise TypeError(f"prompt {name} has no variable {', '.join(sorted(unknown))}")
    return template.substitute({key: " ".join(value.split()) for key, value in values.items()})
