"""REST for listings: search, read, upsert by the member's own id, life cycle, imports, saved searches, schemas."""

from ninja import Router

from duijie.publish.api import importing, kinds, life, listings, searching

router = Router()
for part in (searching, listings, life, importing, kinds):
    router.add_router("", part.router)

__all__ = ["router"]
