SELECT
    cohort,
    cohort_label,
    cohort_order,
    area_name,
    r.region,
    r.scope,
    r.family,
    r.letter_theme,
    r.started,
    r.published,
    r.period,
    r.grade,
    r.help_protection,
    f.*
FROM reported_findings AS f
JOIN reports AS r USING (inspection_id)
JOIN cohort AS c ON c.area_code = f.area_code
WHERE f.on_exploitation
ORDER BY cohort_order, finding_id
