"""REST for members: directory, organisations, agreements, the rota, substitutes, roles and keys, oneself."""

from ninja import Router

from duijie.members.api import absences, account, agreements, directory, organisations, rota, sheets

router = Router()
for part in (directory, organisations, sheets, agreements, rota, absences, account):
    router.add_router("", part.router)

__all__ = ["router"]
