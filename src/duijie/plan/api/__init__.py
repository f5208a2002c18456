"""REST of plans."""

from ninja import Router

router = Router()

__all__ = ["router"]
