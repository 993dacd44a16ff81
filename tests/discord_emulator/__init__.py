"""Discord in a box: gateway and HTTP API as far as a bot that answers questions needs them, for tests without Discord.

`Emulator` is the server; `Server` and `Person` act on it as people do; `Seen` and `Asked` are what tests look at.
"""

from discord_emulator.faults import Break, Fault
from discord_emulator.people import Person, Server
from discord_emulator.permissions import Permission
from discord_emulator.ratelimit import Refusal
from discord_emulator.seen import Asked, NotOfferedError, Seen
from discord_emulator.server import Emulator

__all__ = ["Asked", "Break", "Emulator", "Fault", "NotOfferedError", "Permission", "Person", "Refusal", "Seen", "Server"]
