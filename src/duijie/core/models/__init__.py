"""Tables that every app stands on."""

from duijie.core.models.audit import AuditLine, AuditSeal
from duijie.core.models.doors import IdempotencyKey, StoredFile
from duijie.core.models.events import Delivery, Event
from duijie.core.models.indicators import Indicator, Observation, Vintage
from duijie.core.models.jobs import Job
from duijie.core.models.notifications import Notification

__all__ = [
    "AuditLine",
    "AuditSeal",
    "Delivery",
    "Event",
    "IdempotencyKey",
    "Indicator",
    "Job",
    "Notification",
    "Observation",
    "StoredFile",
    "Vintage",
]
