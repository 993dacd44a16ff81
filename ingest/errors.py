"""What can go wrong while ingesting, and what to do about it.

IngestError                 printed as one line; exit code of the command in `exit_code`
├── UsageError              the caller's words are off (no such path)            2
├── NotReadyError           something must be installed or built first           4
│   ├── NoIndexError        nothing has been ingested into this home yet
│   ├── IndexMismatchError  the index was made by another embedder or version
│   └── ModelMissingError   model weights are absent or damaged
├── IndexDamagedError       a stored file fails its checksum                     1
├── StorageError            the disk is full, failing or read only               1
├── HomeBusyError           another process is writing to this home              1
├── FetchError              a web address was refused or did not answer          1
└── UnreadableError         one file cannot be read; the rest goes on            1
"""

from __future__ import annotations


class IngestError(Exception):
    """Root of the package's errors. Its text is one line that says what happened and what mends it."""

    exit_code = 1


class UsageError(IngestError):
    """The request makes no sense as given."""

    exit_code = 2


class NotReadyError(IngestError):
    """Something has to be installed, unpacked or built before this can work."""

    exit_code = 4


class NoIndexError(NotReadyError):
    """Nothing has been ingested into this home yet."""


class IndexMismatchError(NotReadyError):
    """The index and the settings name different embedders, dimensions or versions."""


class ModelMissingError(NotReadyError):
    """The weights of a model are absent or do not have the expected checksum."""


class IndexDamagedError(IngestError):
    """A stored file does not have the checksum its manifest records."""


class StorageError(IngestError):
    """The disk would not take what had to be written. What was served before is served still."""


class HomeBusyError(IngestError):
    """Another process holds the writer's lock of this home."""


class FetchError(IngestError):
    """A document on the web was not fetched: its address is not allowed, its site says no, or it did not arrive."""


class UnreadableError(IngestError):
    """One file cannot be turned into a document."""
