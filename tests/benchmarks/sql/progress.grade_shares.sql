WITH cells AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        "on",
        domain,
        count(grade) AS areas,
        count(*) - count(grade) AS not_judged,
        count(grade) FILTER (comparable = 'close') AS "close",
        [count(grade) FILTER (grade_rank = 1), count(grade) FILTER (grade_rank = 2),
         count(grade) FILTER (grade_rank = 3), count(grade) FILTER (grade_rank = 4)] AS counts
    FROM as_at_grades
    JOIN cohort USING (area_code)
    GROUP BY cohort_order, "on", domain
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    "on",
    domain,
    grade,
    grade_rank,
    counts[grade_rank] AS count,
    areas,
    not_judged,
    "close",
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
    VALUES ('inadequate', 1::BIGINT), ('requires_improvement', 2), ('good', 3), ('outstanding', 4)
) AS grades(grade, grade_rank)
ORDER BY cohort_order, "on", domain, grade_rank
