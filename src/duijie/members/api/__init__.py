"""REST for members: directory, organisations, agreements, roles and keys, oneself."""

from ninja import Router

from duijie.members.api import account, agreements, directory, organisations, sheets

router = Router()
for part in (directory, organisations, sheets, agreements, account):
    router.add_router("", part.router)

__all__ = ["router"]
