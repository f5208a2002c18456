"""What this app keeps about a person, for the export of everything kept."""

from __future__ import annotations

from typing import Any

from duijie.govern.models import Application, Contribution, OfficerMessage, Seat, TrainingPlace
from duijie.members.models import User
from duijie.members.queries import keeps_personal_data

_REASON = "the person asks for what is kept about them"


@keeps_personal_data("govern")
def what_is_kept(person: User) -> dict[str, Any]:
    """Votes cast (that they were, not how), what was said, messages, trainings, applications handed in."""
    seats = Seat.objects.unscoped(_REASON).filter(voted_by_id=person.pk).select_related("motion")
    said = Contribution.objects.unscoped(_REASON).filter(author=person).select_related("motion")
    letters = OfficerMessage.objects.unscoped(_REASON)
    places = TrainingPlace.objects.unscoped(_REASON).filter(person=person).select_related("training")
    handed_in = Application.objects.unscoped(_REASON).filter(submitted_by_id=person.pk)
    return {
        "votes": [
            {"motion": s.motion.uid, "seat": s.name, "at": s.voted_at.isoformat() if s.voted_at else None}
            for s in seats
        ],
        "contributions": [{"motion": c.motion.uid, "text": c.text, "at": c.at.isoformat()} for c in said],
        "messages_sent": [{"text": m.text, "at": m.at.isoformat()} for m in letters.filter(sender=person)],
        "messages_received": [{"text": m.text, "at": m.at.isoformat()} for m in letters.filter(receiver=person)],
        "trainings": [
            {"training": p.training.title, "attended": p.attended, "certificate": p.certificate} for p in places
        ],
        "applications": [{"name": a.name, "contact": a.contact_email, "status": a.status} for a in handed_in],
    }
