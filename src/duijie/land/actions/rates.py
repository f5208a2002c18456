"""Exchange rates: kept by day, used on the day, never counted anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.core.money import CURRENCIES
from duijie.land.models import Rate
from duijie.land.rules import demand

REACH = dt.timedelta(days=15)  # a day without a rate of its own takes the last one before it


def keep_rate(*, actor: Viewer, currency: str, on: dt.date, yuan: Decimal) -> Rate:
    """Keep the day's rate of a currency: yuan for one unit. A rate that is kept stays as it is."""
    demand(actor, "rate.keep", set(actor.member_ids))
    if currency not in CURRENCIES or currency == "CNY" or not Decimal(0) < yuan < Decimal(100_000):
        raise Fault(
            "rate.unreadable", f"“{currency} {yuan}”不是汇率。", f"“{currency} {yuan}” is not a rate.", place="rate", status=422
        )  # fmt: skip
    with acting(actor, "rate.keep") as act:
        row, created = Rate.objects.get_or_create(
            currency=currency, on=on, defaults={"yuan": yuan, "actor": actor.reference()}
        )
        if created:
            act.done(("rate", f"{currency} {on}"), currency=currency, on=on.isoformat())
        elif row.yuan != yuan:
            raise Conflict(
                "rate.kept",
                f"{on} 的{CURRENCIES[currency].zh}汇率已登记为 {row.yuan.normalize():f}。",
                f"The rate of {currency} on {on} is kept as {row.yuan.normalize():f}.",
                place="rate",
            )
        else:
            act.nothing_changed()
    return row


def rate_on(currency: str, day: dt.date) -> Decimal:
    """The kept rate of a day. Raises Fault "currency.no_rate" (422) where there is none within 15 days before it."""
    row = Rate.objects.filter(currency=currency, on__lte=day, on__gte=day - REACH).order_by("-on").first()
    if row is None:
        raise Fault(
            "currency.no_rate",
            f"没有 {day} 的{CURRENCIES[currency].zh}汇率：请填写汇率，或先登记当日汇率。",
            f"There is no rate of {currency} for {day}: give one, or keep that of the day first.",
            place="rate",
            status=422,
        )
    return row.yuan


@dataclass(frozen=True)
class Valued:
    """An amount in yuan and, where it is foreign capital, in dollars, with the rates that were used."""

    cny_minor: int
    usd_minor: int | None
    rate: Decimal | None
    usd_rate: Decimal | None


def value_of(amount_minor: int, currency: str, day: dt.date, *, foreign: bool, rate: Decimal | None = None) -> Valued:
    """An amount valued at the rates of a day; `rate` is that of its own currency where it was given. Foreign capital is
    counted in dollars too. Rounded half up to the minor unit."""
    own = Decimal(1) if currency == "CNY" else (rate or rate_on(currency, day))
    shift = Decimal(10) ** (CURRENCIES["CNY"].decimals - CURRENCIES[currency].decimals)
    cny = amount_minor if currency == "CNY" else _round(Decimal(amount_minor) * own * shift)
    if not foreign:
        return Valued(cny, None, None if currency == "CNY" else own, None)
    if currency == "USD":
        return Valued(cny, amount_minor, own, own)
    dollar = rate if currency == "CNY" and rate is not None else rate_on("USD", day)
    return Valued(cny, _round(Decimal(cny) / dollar), None if currency == "CNY" else own, dollar)


def _round(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
