"""REST of this app: the council's business and exchanges."""

from ninja import Router

from duijie.govern.api import applications, budget, council, exchanges, officers, sessions

router = Router()
for part in (council, sessions, budget, applications, exchanges, officers):
    router.add_router("", part.router)

__all__ = ["router"]
