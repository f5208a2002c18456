"""REST of this app: deals, projects with their figures, joint zones, periods."""

from ninja import Router

from duijie.land.api import deals, documents, periods, projects, zones

router = Router()
for _part in (deals, documents, projects, zones, periods):
    router.add_router("", _part.router)
