WITH turns AS (
    -- Where inadequate begins or ends.
    SELECT *, grade_rank = 1 AS inadequate
    FROM graded_judgements
    WHERE comparable <> 'not' AND published <= DATE '2026-03-31'
    QUALIFY lag(grade_rank = 1) OVER (PARTITION BY area_code, domain ORDER BY published, inspection_id)
            IS DISTINCT FROM (grade_rank = 1)
),
begun AS (
    SELECT
        *,
        lead(published) OVER following AS better,
        lead(inspection_id) OVER following AS end_inspection_id,
        lead(grade) OVER following AS end_grade,
        lead(comparable) OVER following AS end_comparable
    FROM turns
    WINDOW following AS (PARTITION BY area_code, domain ORDER BY published, inspection_id)
    QUALIFY inadequate
)
SELECT
    area_code,
    name AS area_name,
    domain,
    row_number() OVER (PARTITION BY area_code, domain ORDER BY published, inspection_id) AS spell,
    published AS start,
    coalesce(better, greatest(published, least(valid_to, DATE '2026-03-31'))) AS "end",
    "end" - published AS days,
    better IS NOT NULL AS observed,
    inspection_id AS start_inspection_id,
    end_inspection_id,
    end_grade,
    CASE WHEN 'close' IN (comparable, end_comparable) THEN 'close' ELSE 'same' END AS match,
    CASE
        WHEN better IS NOT NULL THEN NULL
        WHEN valid_to < DATE '2026-03-31' THEN 'abolished'
        ELSE 'until'
    END AS censored_by
FROM begun
JOIN areas USING (area_code)
ORDER BY domain, area_code, start
