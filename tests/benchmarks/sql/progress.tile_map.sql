SELECT
    a.area_code,
    a.name AS area_name,
    a.region_code,
    a.tile_column,
    a.tile_row,
    c.area_code IS NOT NULL AS in_cohort,
    c.basis,
    'overall' AS domain,
    DATE '2026-03-31' AS "on",
    g.grade,
    g.grade_rank,
    g.inspection_id,
    g.programme,
    g.published
FROM areas AS a
LEFT JOIN one_cohort AS c USING (area_code)
LEFT JOIN as_at_grades AS g ON g.area_code = a.area_code AND g.domain = 'overall' AND g."on" = DATE '2026-03-31'
WHERE a.tile_row IS NOT NULL
ORDER BY tile_row, tile_column
