"""REST of plans: plans and their trees, figures and what is reported, calls and reports."""

from ninja import Router

from duijie.plan.api import figures, plans, reports

router = Router()
for part in (reports, figures, plans):  # plans last: its /plans/{plan}/{verb} takes what the others leave
    router.add_router("", part.router)

__all__ = ["router"]
