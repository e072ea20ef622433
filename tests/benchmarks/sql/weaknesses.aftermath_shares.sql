WITH cells AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        any_value(theme) AS theme,
        theme_order,
        count(*) AS areas,
        [count(*) FILTER (aftermath = 'answered'), count(*) FILTER (aftermath = 'theme_only'),
         count(*) FILTER (aftermath = 'silent_since'), count(*) FILTER (aftermath = 'not_read'),
         count(*) FILTER (aftermath = 'at_latest')] AS counts
    FROM weakness_aftermath
    GROUP BY cohort_order, theme_order
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    theme,
    theme_order,
    aftermath,
    aftermath_order,
    counts[aftermath_order] AS count,
    areas,
    count / areas AS share,
    CASE
        WHEN count = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / areas
                          - 1.959963984540054
                            * sqrt((share * (1 - share) + 0.9603647051735310 / areas) / areas))
                         / (1 + 3.8414588206941240 / areas))
    END AS low,
    CASE
        WHEN count = areas THEN share
        ELSE least(1, (share + 1.9207294103470620 / areas
                       + 1.959963984540054
                         * sqrt((share * (1 - share) + 0.9603647051735310 / areas) / areas))
                      / (1 + 3.8414588206941240 / areas))
    END AS high
FROM cells
CROSS JOIN (
    VALUES ('answered', 1::BIGINT), ('theme_only', 2), ('silent_since', 3), ('not_read', 4), ('at_latest', 5)
) AS aftermaths(aftermath, aftermath_order)
ORDER BY cohort_order, theme_order, aftermath_order
