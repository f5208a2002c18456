"""REST of this app."""

from ninja import Router

from duijie.federate.api.nodes import router as nodes_router
from duijie.federate.api.peers import router as peers_router
from duijie.federate.api.sources import router as sources_router

router = Router(tags=["federate"])
router.add_router("", sources_router)
router.add_router("", nodes_router)
router.add_router("", peers_router)
