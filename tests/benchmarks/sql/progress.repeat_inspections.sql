WITH ends AS (
    SELECT
        area_code,
        count(*) AS inspections,
        first(inspection_id ORDER BY started, published NULLS FIRST, inspection_id) AS first_inspection_id,
        first(grade ORDER BY started, published NULLS FIRST, inspection_id) AS first_grade,
        first(grade_rank ORDER BY started, published NULLS FIRST, inspection_id) AS first_rank,
        last(inspection_id ORDER BY started, published NULLS FIRST, inspection_id) AS latest_inspection_id,
        last(grade ORDER BY started, published NULLS FIRST, inspection_id) AS latest_grade,
        last(grade_rank ORDER BY started, published NULLS FIRST, inspection_id) AS latest_rank
    FROM graded_judgements
    WHERE programme IN ('ilacs_standard', 'ilacs_short')
      AND domain = 'overall'
      AND comparable <> 'not'
      AND started <= DATE '2026-03-31'
    GROUP BY area_code
    HAVING count(*) > 1
)
SELECT
    *,
    CASE
        WHEN latest_rank > first_rank THEN 'improved'
        WHEN latest_rank < first_rank THEN 'declined'
        WHEN latest_rank >= 3 THEN 'held_good_or_better'
        ELSE 'held_below_good'
    END AS outcome
FROM ends
ORDER BY area_code
