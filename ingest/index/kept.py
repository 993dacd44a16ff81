"""What was read lately and may be asked for again, bounded."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Kept(Generic[_Key, _Value]):
    """Values by key, those used least lately forgotten first; many are asked for, and read, at once. Safe across threads.

    Args:
        read: returns the values under keys; those that do not exist are left out.
        most: how many values are kept.
    """

    def __init__(self, read: Callable[[Sequence[_Key]], Mapping[_Key, _Value]], *, most: int) -> None:
        self._read, self._most = read, most
        self._values: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._values)

    def get(self, keys: Iterable[_Key]) -> dict[_Key, _Value]:
        """Return the values under `keys`; what does not exist is left out."""
        distinct = list(dict.fromkeys(keys))
        with self._lock:
            found = {key: self._values[key] for key in distinct if key in self._values}
            for key in found:
                self._values.move_to_end(key)
        missing = [key for key in distinct if key not in found]
        if missing:
            fresh = self._read(missing)
            found |= fresh
            self._keep(fresh)
        return found

    def _keep(self, fresh: Mapping[_Key, _Value]) -> None:
        with self._lock:
            self._values |= fresh
            while len(self._values) > self._most:
                self._values.popitem(last=False)
