"""The operations that rules are about, by the names that updates carry."""

from __future__ import annotations

from enum import StrEnum


class Operation(StrEnum):
    """What a person can ask for; the value is an update's `operation`. Reading is none of them."""

    HOT_UPDATE = "hot_update"
    RESTORE_SAVED = "restore_saved"
    WATCH_HOT_UPDATE = "watch_hot_update"
    DLI_UPDATE = "dli_update"
    DLI_IMPORT_SAVEPOINT = "dli_import_savepoint"
    DLI_TAKE_SAVEPOINT = "dli_take_savepoint"
    DLI_START = "dli_start"
    DLI_STOP = "dli_stop"

    @property
    def interrupts(self) -> bool:
        """Whether it always interrupts a running job, whatever its values are."""
        return self is Operation.DLI_STOP
