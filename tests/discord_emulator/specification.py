"""Checks each request and each answer against Discord's published description of its HTTP API."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from discord_emulator.errors import Json

    Validator = Any

NAME = "urn:discord"
SHOWN = 200
"""Characters at the end of a fault that are worth reading."""


class Specification:
    """The description, compiled as it is needed.

    Args:
        path: the OpenAPI file; None checks nothing, which `present` tells.
    """

    def __init__(self, path: Path | None) -> None:
        self.present = path is not None and path.is_file()
        self._document: Json = json.loads(path.read_text("utf-8")) if path and self.present else {"paths": {}}
        self._registry: Any = None
        self._validator = cache(self._compile)

    def knows(self, method: str, template: str) -> bool:
        """Return whether the description has this operation; True where there is no description."""
        return not self.present or method.lower() in self._document["paths"].get(template, {})

    def request_faults(self, method: str, template: str, body: Any, query: Mapping[str, str]) -> list[str]:
        """Return what the description forbids in a request; `body` is None where there is none."""
        if not self.present:
            return []
        operation = self._document["paths"][template][method.lower()]
        where = f"paths/{_escaped(template)}/{method.lower()}"
        faults = self._query_faults(operation, where, query)
        if body is not None and "requestBody" not in operation:
            return [*faults, "a body where none is foreseen"]
        if body is not None:
            faults += self._faults(f"{where}/requestBody/content/application~1json/schema", _ids_as_text(body))
        elif operation.get("requestBody", {}).get("required"):
            faults.append("the body is missing")
        return faults

    def answer_faults(self, method: str, template: str, status: int, body: Any) -> list[str]:
        """Return what the description forbids in an answer."""
        if not self.present:
            return []
        answers = self._document["paths"][template][method.lower()]["responses"]
        key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in answers), None)
        if key is None:
            return [] if status >= 500 else [f"the status {status} is not foreseen"]
        answer, where = answers[key], f"paths/{_escaped(template)}/{method.lower()}/responses/{key}"
        if "$ref" in answer:
            where = answer["$ref"].removeprefix("#/")
            answer = self._document["components"]["responses"][where.rpartition("/")[2]]
        if "content" not in answer:
            return [] if body is None else ["a body where none is foreseen"]
        return self._faults(f"{where}/content/application~1json/schema", body)

    def schema_faults(self, name: str, value: Any) -> list[str]:
        """Return what a named schema forbids in a value, as of messages that arrive by the gateway."""
        return self._faults(f"components/schemas/{name}", value) if self.present else []

    def _query_faults(self, operation: Json, where: str, query: Mapping[str, str]) -> list[str]:
        known = {item["name"]: n for n, item in enumerate(operation.get("parameters", [])) if item["in"] == "query"}
        faults = [f"the query has no {name}" for name in query if name not in known]
        for name, value in query.items():
            if name in known:
                faults += self._faults(
                    f"{where}/parameters/{known[name]}/schema", _scalar(value, _types(operation, known[name]))
                )
        return faults

    def _faults(self, where: str, value: Any) -> list[str]:
        return [
            f"{'.'.join(str(part) for part in fault.instance_path) or 'body'}: {fault.message[-SHOWN:]}"
            for fault in self._validator(where).iter_errors(value)
        ]

    def _compile(self, where: str) -> Validator:
        import jsonschema_rs  # noqa: PLC0415 - a development tool, needed only where the description is

        if self._registry is None:
            resource = {key: self._document[key] for key in ("paths", "components")}
            self._registry = jsonschema_rs.Registry([(NAME, resource)])
        return jsonschema_rs.validator_for({"$ref": f"{NAME}#/{where}"}, registry=self._registry)


def _ids_as_text(value: Any, name: str = "") -> Any:
    """Write ids as the description has them; discord.py sends some as numbers, which Discord accepts for historical reasons."""
    if isinstance(value, dict):
        return {key: _ids_as_text(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_ids_as_text(inner, name) for inner in value]
    is_id = name.endswith("_id") or name in {"users", "roles"}
    return str(value) if is_id and isinstance(value, int) and not isinstance(value, bool) else value


def _escaped(template: str) -> str:
    return template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _types(operation: Json, n: int) -> set[str]:
    kind = operation["parameters"][n].get("schema", {}).get("type", "string")
    return {kind} if isinstance(kind, str) else set(kind)


def _scalar(value: str, types: set[str]) -> Any:
    if "boolean" in types:
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    return int(value) if "integer" in types and value.lstrip("-").isdigit() else value
