WITH here AS (
    FROM inspections WHERE area_code = 'E08000018'
)
SELECT
    e.date AS day,
    e.scope AS kind,
    e.label,
    e.event AS description,
    NULL::VARCHAR AS programme,
    NULL::VARCHAR AS inspection_id,
    NULL::VARCHAR AS grade,
    NULL::BIGINT AS grade_rank
FROM events AS e
WHERE NOT (scope = 'rotherham' AND date IN (SELECT published FROM here WHERE published IS NOT NULL))
UNION ALL
SELECT
    coalesce(published, started),
    'inspection',
    CASE programme
        WHEN 'sif' THEN 'Single inspection (SIF)'
        WHEN 'sif_reinspection' THEN 'SIF re-inspection'
        WHEN 'ilacs_standard' THEN 'ILACS standard inspection'
        WHEN 'ilacs_short' THEN 'ILACS short inspection'
        WHEN 'jtai' THEN 'Joint targeted area inspection (JTAI)'
        WHEN 'cqc_clas' THEN 'CQC review of health services (CLAS)'
    END,
    NULL,
    programme,
    inspection_id,
    g.grade,
    g.grade_rank
FROM here
LEFT JOIN (FROM graded_judgements SELECT inspection_id, grade, grade_rank WHERE domain = 'overall') AS g
    USING (inspection_id)
WHERE coalesce(published, started) IS NOT NULL
ORDER BY day, kind, label
