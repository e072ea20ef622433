WITH cells AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        domain,
        count(*) AS changes,
        count(*) FILTER (match = 'close') AS "close",
        count(DISTINCT area_code) AS areas,
        [count(*) FILTER (change = 'declined'), count(*) FILTER (change = 'same'),
         count(*) FILTER (change = 'improved')] AS counts
    FROM judgement_trajectories
    WHERE change IS NOT NULL
    GROUP BY cohort_order, domain
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    domain,
    change,
    change_order,
    counts[change_order] AS count,
    changes,
    "close",
    areas,
    count / changes AS share,
    CASE
        WHEN count = 0 THEN 0
        ELSE greatest(0, (share + 1.9207294103470620 / changes
                          - 1.959963984540054 * sqrt((share * (1 - share) + 0.9603647051735310 / changes) / changes))
                         / (1 + 3.8414588206941240 / changes))
    END AS low,
    CASE
        WHEN count = changes THEN 1
        ELSE least(1, (share + 1.9207294103470620 / changes
                       + 1.959963984540054 * sqrt((share * (1 - share) + 0.9603647051735310 / changes) / changes))
                      / (1 + 3.8414588206941240 / changes))
    END AS high
FROM cells
CROSS JOIN (VALUES ('declined', 1::BIGINT), ('same', 2), ('improved', 3)) AS changes(change, change_order)
ORDER BY cohort_order, domain, change_order
