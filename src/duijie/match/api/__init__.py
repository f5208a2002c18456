"""REST for matching: suggestions and why, interest, introductions."""

from ninja import Router

from duijie.match.api import interests, introductions, suggestions

router = Router()
for part in (suggestions, interests, introductions):
    router.add_router("", part.router)

__all__ = ["router"]
