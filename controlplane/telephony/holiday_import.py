"""Public holidays of countries and their states, from the ``holidays`` package; nothing is fetched."""

import holidays as public_holidays

from controlplane.platform.problem import Invalid
from controlplane.telephony.schemas import Holiday, HolidayImport


def holidays_of(wanted: HolidayImport) -> list[Holiday]:
    """The days, in order.

    Raises:
        Invalid: Unknown country or subdivision.
    """
    known = public_holidays.list_supported_countries(include_aliases=False)
    if wanted.country not in known:
        raise Invalid.field("country", f"no holidays are known for {wanted.country}")
    if wanted.subdivision is not None and wanted.subdivision not in known[wanted.country]:
        raise Invalid.field("subdivision", f"try one of {', '.join(known[wanted.country]) or 'none: leave it out'}")
    found = public_holidays.country_holidays(wanted.country, subdiv=wanted.subdivision, years=wanted.years)
    return [Holiday(date=day, name=name[:100]) for day, name in sorted(found.items())]
