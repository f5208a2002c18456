from __future__ import annotations

from typing import Any

from django.db import migrations


def keep_first_versions(apps: Any, schema_editor: Any) -> None:
    """Agreements that are on record already have been known since they were recorded."""
    agreement_model = apps.get_model("members", "Agreement")
    version_model = apps.get_model("members", "AgreementVersion")
    for agreement in agreement_model.objects.prefetch_related("parties__organisation"):
        parties = list(agreement.parties.all())
        days = {name: getattr(agreement, name) for name in ("signed_on", "valid_from", "valid_until")}
        snapshot = {name: day.isoformat() if day else None for name, day in days.items()}
        snapshot |= {
            "kind": agreement.kind,
            "members": sorted({p.member_id for p in parties if p.member_id}),
            "homes": sorted({p.organisation.home_member_id for p in parties if p.organisation}),
        }
        made = version_model.objects.create(agreement=agreement, number=agreement.version, snapshot=snapshot)
        version_model.objects.filter(pk=made.pk).update(recorded_at=agreement.created_at)


class Migration(migrations.Migration):
    dependencies = [("members", "0004_rota_substitutes_obligations")]
    operations = [migrations.RunPython(keep_first_versions, migrations.RunPython.noop)]
