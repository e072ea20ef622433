WITH cells AS (
    SELECT
        cohort,
        cohort_label,
        cohort_order,
        count(outcome) AS areas,
        [count(*) FILTER (outcome = 'improved'), count(*) FILTER (outcome = 'held_good_or_better'),
         count(*) FILTER (outcome = 'held_below_good'), count(*) FILTER (outcome = 'declined')] AS counts
    FROM cohort
    LEFT JOIN repeats USING (area_code)
    GROUP BY cohort, cohort_label, cohort_order
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    outcome,
    outcome_order,
    counts[outcome_order] AS count,
    areas,
    count / nullif(areas, 0) AS share,
    CASE
        WHEN count = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / areas
                          - 1.959963984540054 * sqrt((share * (1 - share) + 0.9603647051735310 / areas) / areas))
                         / (1 + 3.8414588206941240 / areas))
    END AS low,
    CASE
        WHEN count = areas THEN share
        ELSE least(1, (share + 1.9207294103470620 / areas
                       + 1.959963984540054 * sqrt((share * (1 - share) + 0.9603647051735310 / areas) / areas))
                      / (1 + 3.8414588206941240 / areas))
    END AS high
FROM cells
CROSS JOIN (
    VALUES ('improved', 1::BIGINT), ('held_good_or_better', 2), ('held_below_good', 3), ('declined', 4)
) AS outcomes(outcome, outcome_order)
ORDER BY cohort_order, outcome_order
