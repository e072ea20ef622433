WITH lengths AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        domain,
        days,
        count(*) FILTER (observed) AS events,
        count(*) FILTER (NOT observed) AS censored
    FROM spells
    JOIN cohort USING (area_code)
    GROUP BY cohort_order, domain, days
),
from_day_0 AS (
    FROM lengths
    UNION ALL
    SELECT any_value(cohort), any_value(cohort_label), cohort_order, domain, 0, 0, 0
    FROM lengths
    GROUP BY cohort_order, domain
    HAVING min(days) > 0
),
followed AS (
    SELECT
        *,
        sum(events + censored) OVER (PARTITION BY cohort_order, domain ORDER BY days DESC)::BIGINT AS at_risk
    FROM from_day_0
),
survived AS (
    SELECT
        *,
        product(1 - events / at_risk) OVER so_far AS still_inadequate,
        sum(events / (at_risk * (at_risk - events))) FILTER (events < at_risk) OVER so_far AS greenwood
    FROM followed
    WINDOW so_far AS (PARTITION BY cohort_order, domain ORDER BY days)
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    domain,
    days,
    days / 365.25::DOUBLE AS years,
    at_risk,
    events,
    censored,
    still_inadequate,
    CASE
        WHEN still_inadequate > 0 AND still_inadequate < 1
        THEN still_inadequate ** exp(1.959963984540054 * sqrt(greenwood) / abs(ln(still_inadequate)))
    END AS low,
    CASE
        WHEN still_inadequate > 0 AND still_inadequate < 1
        THEN still_inadequate ** exp(-1.959963984540054 * sqrt(greenwood) / abs(ln(still_inadequate)))
    END AS high
FROM survived
ORDER BY cohort_order, domain, days
