WITH dated AS (
    SELECT *, comparable <> 'not' AS bridged FROM graded_judgements WHERE started IS NOT NULL
),
chained AS (
    SELECT
        *,
        row_number() OVER chain AS "order",
        CASE WHEN bridged THEN lag(grade) OVER chain END AS previous_grade,
        CASE WHEN bridged THEN lag(grade_rank) OVER chain END AS previous_rank,
        CASE WHEN bridged THEN lag(inspection_id) OVER chain END AS previous_inspection_id,
        CASE WHEN bridged THEN lag(programme) OVER chain END AS previous_programme,
        CASE WHEN bridged THEN lag(comparable) OVER chain END AS previous_comparable,
        CASE WHEN bridged THEN lag(started) OVER chain END AS previous_started
    FROM dated
    WINDOW chain AS (PARTITION BY area_code, domain, bridged ORDER BY started, published NULLS FIRST, inspection_id)
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    area_code,
    area_name,
    domain,
    "order",
    inspection_id,
    programme,
    comparable,
    started,
    published,
    grade,
    grade_rank,
    previous_grade,
    previous_rank,
    previous_inspection_id,
    previous_programme,
    CASE
        WHEN grade_rank > previous_rank THEN 'improved'
        WHEN grade_rank = previous_rank THEN 'same'
        WHEN grade_rank < previous_rank THEN 'declined'
    END AS change,
    CASE
        WHEN previous_rank IS NULL THEN NULL
        WHEN 'close' IN (comparable, previous_comparable) THEN 'close'
        ELSE 'same'
    END AS match,
    started - previous_started AS days_since
FROM chained
JOIN cohort USING (area_code)
ORDER BY cohort_order, area_code, domain, "order", inspection_id
