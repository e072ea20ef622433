SELECT
    c.cohort,
    c.cohort_label,
    c.cohort_order,
    c.area_code,
    c.area_name,
    c.basis,
    i.inspection_id,
    i.programme,
    i.theme,
    i.started,
    i.published,
    coalesce(i.published, i.started) AS day,
    g.grade,
    g.grade_rank
FROM cohort AS c
LEFT JOIN inspections AS i USING (area_code)
LEFT JOIN graded_judgements AS g ON g.inspection_id = i.inspection_id AND g.domain = 'overall'
ORDER BY cohort_order, area_name, day, i.inspection_id
