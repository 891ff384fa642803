"""Which requests an assembly may vote on. Asks, never writes."""

from django.db.models import Count, Q

from budgets.models import Opinion, Request

Verdict = Opinion.Verdict


def listable(year, parish):
    """Public and feasible, with all three opinions issued, none against it and no condition unmet; on communal land
    with the cabildo's agreement."""
    issued = Q(opinions__current=True, opinions__issued_at__isnull=False)
    met = Q(opinions__verdict=Verdict.FEASIBLE) | Q(
        opinions__verdict=Verdict.CONDITIONAL, opinions__condition_met_on__isnull=False
    )
    found = Request.objects.public().of_year(year).in_parish(parish).filter(status=Request.Status.FEASIBLE)
    found = found.filter(Q(communal_land=False) | Q(cabildo_agreed_on__isnull=False))
    return found.annotate(favourable=Count("opinions", filter=issued & met)).filter(favourable=3)
