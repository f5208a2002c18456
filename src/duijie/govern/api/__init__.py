"""REST of this app: the council's business and exchanges."""

from ninja import Router

from duijie.govern.api import council, exchanges, officers

router = Router()
for part in (council, exchanges, officers):
    router.add_router("", part.router)

__all__ = ["router"]
