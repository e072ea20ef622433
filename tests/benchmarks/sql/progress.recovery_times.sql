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
sizes AS (
    SELECT cohort_order, domain, count(DISTINCT area_code) AS areas
    FROM spells
    JOIN cohort USING (area_code)
    GROUP BY cohort_order, domain
),
followed AS (
    SELECT
        *,
        sum(events + censored) OVER (PARTITION BY cohort_order, domain ORDER BY days DESC) AS at_risk
    FROM lengths
),
survived AS (
    SELECT
        *,
        -- A survival of exactly one half must not fall below it by the last digit.
        round(product(1 - events / at_risk) OVER so_far, 12) AS survival,
        sum(events / (at_risk * (at_risk - events))) FILTER (events < at_risk) OVER so_far AS greenwood
    FROM followed
    WINDOW so_far AS (PARTITION BY cohort_order, domain ORDER BY days)
),
bounded AS (
    SELECT
        *,
        survival > 0 AND survival < 1
        AND survival ** exp(1.959963984540054 * sqrt(greenwood) / abs(ln(survival))) <= 0.5
        AND survival ** exp(-1.959963984540054 * sqrt(greenwood) / abs(ln(survival))) >= 0.5 AS covers,
        lead(days) OVER (PARTITION BY cohort_order, domain ORDER BY days) AS next_days
    FROM survived
    WHERE events > 0
),
medians AS (
    SELECT
        cohort_order,
        domain,
        min(days) FILTER (survival < 0.5) AS median_days,
        min(days) FILTER (covers) AS low_days,
        arg_max_null(next_days, days) FILTER (covers) AS high_days
    FROM bounded
    GROUP BY cohort_order, domain
),
counts AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        domain,
        sum(events + censored)::BIGINT AS spells,
        sum(events)::BIGINT AS events,
        sum(censored)::BIGINT AS censored
    FROM lengths
    GROUP BY cohort_order, domain
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    domain,
    spells,
    areas,
    events,
    censored,
    median_days,
    low_days,
    high_days,
    median_days / 365.25::DOUBLE AS median_years,
    low_days / 365.25::DOUBLE AS low_years,
    high_days / 365.25::DOUBLE AS high_years
FROM counts
JOIN sizes USING (cohort_order, domain)
LEFT JOIN medians USING (cohort_order, domain)
ORDER BY cohort_order, domain
