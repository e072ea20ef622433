SELECT
    i.area_code,
    j.inspection_id,
    i.programme,
    j.domain,
    d.comparable,
    j.grade,
    CASE j.grade
        WHEN 'inadequate' THEN 1
        WHEN 'requires_improvement' THEN 2
        WHEN 'good' THEN 3
        WHEN 'outstanding' THEN 4
    END::BIGINT AS grade_rank,
    i.started,
    i.published
FROM judgements AS j
JOIN inspections AS i USING (inspection_id)
JOIN domains AS d USING (programme, published_name)
WHERE j.grade IS NOT NULL
ORDER BY area_code, j.domain, started, inspection_id
