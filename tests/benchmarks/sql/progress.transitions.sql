WITH ends AS (
    SELECT
        area_code,
        domain,
        count(*) AS judgements,
        first(grade_rank ORDER BY started, published NULLS FIRST, inspection_id) AS from_rank,
        last(grade_rank ORDER BY started, published NULLS FIRST, inspection_id) AS to_rank,
        first(comparable ORDER BY started, published NULLS FIRST, inspection_id) AS from_comparable,
        last(comparable ORDER BY started, published NULLS FIRST, inspection_id) AS to_comparable
    FROM graded_judgements
    WHERE comparable <> 'not' AND started IS NOT NULL
    GROUP BY area_code, domain
),
pairs AS (
    SELECT
        cohort_order,
        domain,
        from_rank,
        to_rank,
        count(*) FILTER (judgements > 1) AS count,
        count(*) FILTER (judgements > 1 AND 'close' IN (from_comparable, to_comparable)) AS "close",
        count(*) FILTER (judgements = 1) AS once
    FROM ends
    JOIN cohort USING (area_code)
    GROUP BY ALL
),
members AS (
    SELECT cohort, cohort_label, cohort_order, count(*) AS members FROM cohort GROUP BY ALL
),
cells AS (
    SELECT cohort_order, domain, sum(count)::BIGINT AS areas, sum(once)::BIGINT AS judged_once FROM pairs GROUP BY ALL
),
grades(grade, rank) AS (
    VALUES ('inadequate', 1::BIGINT), ('requires_improvement', 2), ('good', 3), ('outstanding', 4)
)
SELECT
    cohort,
    cohort_label,
    members.cohort_order,
    cells.domain,
    f.grade AS from_grade,
    f.rank AS from_rank,
    t.grade AS to_grade,
    t.rank AS to_rank,
    coalesce(pairs.count, 0) AS count,
    areas,
    judged_once,
    members - areas - judged_once AS not_judged,
    coalesce(pairs."close", 0) AS "close",
    coalesce(pairs.count, 0) / nullif(areas, 0) AS share,
    CASE
        WHEN coalesce(pairs.count, 0) = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / areas
                          - 1.959963984540054 * sqrt((share * (1 - share) + 0.9603647051735310 / areas) / areas))
                         / (1 + 3.8414588206941240 / areas))
    END AS low,
    CASE
        WHEN coalesce(pairs.count, 0) = areas THEN share
        ELSE least(1, (share + 1.9207294103470620 / areas
                       + 1.959963984540054 * sqrt((share * (1 - share) + 0.9603647051735310 / areas) / areas))
                      / (1 + 3.8414588206941240 / areas))
    END AS high
FROM cells
JOIN members USING (cohort_order)
CROSS JOIN grades AS f
CROSS JOIN grades AS t
LEFT JOIN pairs
    ON pairs.cohort_order = cells.cohort_order
   AND pairs.domain = cells.domain
   AND pairs.from_rank = f.rank
   AND pairs.to_rank = t.rank
ORDER BY members.cohort_order, cells.domain, f.rank, t.rank
