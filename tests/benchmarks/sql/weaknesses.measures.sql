WITH first_report AS (
    FROM reports
    WHERE programme = 'sif' AND grade <> 'not_graded'
    QUALIFY row_number() OVER (PARTITION BY area_code ORDER BY published, inspection_id) = 1
),
said AS (
    SELECT inspection_id, count(*) AS findings, count(*) FILTER (polarity = 'weakness') AS weaknesses
    FROM reported_findings
    SEMI JOIN first_report USING (inspection_id)
    GROUP BY inspection_id
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    r.area_code,
    area_name,
    r.inspection_id,
    published,
    coalesce(said.findings, 0) AS findings,
    coalesce(said.weaknesses, 0) AS weaknesses,
    said.weaknesses / said.findings AS weakness_share,
    grade,
    CASE grade
        WHEN 'inadequate' THEN 1
        WHEN 'requires_improvement' THEN 2
        WHEN 'good' THEN 3
        WHEN 'outstanding' THEN 4
    END::BIGINT AS grade_rank,
    help_protection,
    CASE help_protection
        WHEN 'inadequate' THEN 1
        WHEN 'requires_improvement' THEN 2
        WHEN 'good' THEN 3
        WHEN 'outstanding' THEN 4
    END::BIGINT AS help_protection_rank,
    2024::BIGINT AS year,
    rate,
    certainty
FROM first_report AS r
JOIN cohort USING (area_code)
LEFT JOIN said USING (inspection_id)
LEFT JOIN (FROM rates WHERE factor = 'cse' AND year = 2024) AS of_year ON of_year.area_code = r.area_code
ORDER BY cohort_order, r.area_code
