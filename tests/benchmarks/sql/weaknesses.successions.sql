WITH themes AS (
    SELECT theme, theme_order
    FROM unnest([
        'leadership', 'quality_assurance', 'lscb_challenge', 'multi_agency', 'information_sharing',
        'identification_risk', 'front_door', 'early_help', 'assessment_planning', 'management_oversight', 'workforce',
        'records', 'missing', 'disruption_justice', 'prevention_awareness', 'voice_direct_work', 'health',
        'care_permanence', 'care_leavers', 'education', 'equality_identity', 'parental_factors'
    ]) WITH ORDINALITY AS codebook(theme, theme_order)
),
said AS (
    SELECT
        inspection_id,
        theme,
        count(*) FILTER (polarity = 'weakness') AS weaknesses,
        count(*) FILTER (polarity <> 'weakness') AS strengths
    FROM reported_findings
    GROUP BY inspection_id, theme
),
pairs AS (
    SELECT
        *,
        row_number() OVER chain - 1 AS "order",
        lag(inspection_id) OVER chain AS earlier_inspection_id,
        lag(programme) OVER chain AS earlier_programme,
        lag(published) OVER chain AS earlier_published,
        lag(scope) OVER chain AS earlier_scope
    FROM reports
    WHERE programme IN ('sif', 'sif_reinspection', 'ilacs_standard', 'ilacs_short') AND scope <> 'board'
    WINDOW chain AS (
        PARTITION BY area_code
        ORDER BY coalesce(started, published), published NULLS FIRST, inspection_id
    )
    QUALIFY "order" > 0
),
themed AS (
    SELECT
        p.*,
        t.theme,
        t.theme_order,
        coalesce(e.weaknesses, 0) AS earlier_weaknesses,
        coalesce(l.weaknesses, 0) AS weaknesses,
        coalesce(l.strengths, 0) AS strengths
    FROM pairs AS p
    CROSS JOIN themes AS t
    LEFT JOIN said AS e ON e.inspection_id = p.earlier_inspection_id AND e.theme = t.theme
    LEFT JOIN said AS l ON l.inspection_id = p.inspection_id AND l.theme = t.theme
    WHERE t.theme <> 'lscb_challenge' OR (p.scope = 'whole' AND p.earlier_scope = 'whole')
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    area_code,
    area_name,
    theme,
    theme_order,
    "order",
    earlier_inspection_id,
    earlier_programme,
    earlier_published,
    inspection_id,
    programme,
    published,
    earlier_weaknesses,
    weaknesses,
    strengths,
    CASE
        WHEN earlier_weaknesses > 0 AND weaknesses > 0 THEN 'persistent'
        WHEN earlier_weaknesses > 0 AND strengths > 0 THEN 'resolved'
        WHEN earlier_weaknesses > 0 THEN 'silent_since'
        WHEN weaknesses > 0 THEN 'new'
        ELSE 'none'
    END AS outcome
FROM themed
JOIN cohort USING (area_code)
ORDER BY cohort_order, area_code, "order", theme_order
