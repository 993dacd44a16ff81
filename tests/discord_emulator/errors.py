"""Discord's error answers."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An error answer: HTTP status, Discord's own code and message, and for invalid bodies where the faults are."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors

    def body(self) -> Json:
        """Return the JSON that Discord answers."""
        return {"message": self.message, "code": self.code} | ({"errors": self.errors} if self.errors else {})


class InvalidBodyError(ApiError):
    """A body breaks Discord's limits: 400 with code 50035 and a tree of faults.

    Args:
        faults: pairs of a dotted path into the body and what is wrong there.
    """

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        tree: Json = {}
        for path, message in faults:
            node = tree
            for part in path.split(".") if path else []:
                node = node.setdefault(part, {})
            node.setdefault("_errors", []).append({"code": "INVALID_FORM_BODY", "message": message})
        super().__init__(400, 50035, "Invalid Form Body", tree)
        self.faults = faults


UNAUTHORIZED = (401, 0, "401: Unauthorized")
UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_USER = (404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
MISSING_ACCESS = (403, 50001, "Missing Access")
NOT_THE_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
NO_DIRECT_MESSAGES = (403, 50007, "Cannot send messages to this user")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
EXPIRED_TOKEN = (401, 50027, "Invalid Webhook Token")
REPLY_NEEDS_HISTORY = (400, 160002, "Cannot reply without permission to read message history")
THREAD_EXISTS = (400, 160004, "A thread has already been created for this message")
ARCHIVED = (400, 50083, "Thread is archived")
