"""REST for matching: suggestions and why, interest, introductions."""

from ninja import Router

from duijie.match.api import interests, introductions, ranking, suggestions

router = Router()
for part in (ranking, suggestions, interests, introductions):
    router.add_router("", part.router)

__all__ = ["router"]
