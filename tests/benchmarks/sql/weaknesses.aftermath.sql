WITH themes AS (
    SELECT theme, theme_order
    FROM unnest([
        'leadership', 'quality_assurance', 'lscb_challenge', 'multi_agency', 'information_sharing',
        'identification_risk', 'front_door', 'early_help', 'assessment_planning', 'management_oversight', 'workforce',
        'records', 'missing', 'disruption_justice', 'prevention_awareness', 'voice_direct_work', 'health',
        'care_permanence', 'care_leavers', 'education', 'equality_identity', 'parental_factors'
    ]) WITH ORDINALITY AS codebook(theme, theme_order)
),
dated AS (
    SELECT f.inspection_id, f.area_code, f.theme, f.polarity = 'weakness' AS weak, f.on_exploitation, r.published
    FROM reported_findings AS f
    JOIN (SELECT inspection_id, published FROM reports) AS r USING (inspection_id)
),
last_weak AS (
    SELECT
        area_code,
        theme,
        count(*) AS weaknesses,
        count(DISTINCT inspection_id) AS reports_with,
        min(published) AS first_weakness,
        max(published) AS last_weakness
    FROM dated
    WHERE weak AND on_exploitation
    GROUP BY area_code, theme
),
said AS (
    SELECT
        area_code,
        theme,
        count(*) FILTER (on_exploitation AND NOT weak AND published = last_weakness) AS strengths_beside,
        count(*) FILTER (on_exploitation AND NOT weak AND published > last_weakness) AS strengths_since,
        count(*) FILTER (NOT on_exploitation AND weak AND published > last_weakness) AS weaknesses_otherwise,
        count(*) FILTER (NOT on_exploitation AND NOT weak AND published > last_weakness) AS strengths_otherwise
    FROM dated
    JOIN last_weak USING (area_code, theme)
    WHERE published >= last_weakness
    GROUP BY area_code, theme
),
inspected AS (
    SELECT
        i.area_code,
        i.published,
        r.inspection_id IS NOT NULL AS read,
        coalesce(r.scope, CASE i.programme WHEN 'sif' THEN 'whole' ELSE 'without_board' END) AS scope
    FROM inspections AS i
    LEFT JOIN (SELECT inspection_id, scope FROM reports) AS r USING (inspection_id)
    WHERE i.programme IN ('sif', 'sif_reinspection', 'ilacs_standard', 'ilacs_short')
),
since AS (
    SELECT area_code, theme, count(*) AS inspections_since, count(*) FILTER (read) AS reports_since
    FROM inspected
    JOIN last_weak USING (area_code)
    WHERE published > last_weakness
      AND scope <> CASE theme WHEN 'lscb_challenge' THEN 'without_board' ELSE 'board' END
    GROUP BY area_code, theme
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    area_code,
    area_name,
    theme,
    theme_order,
    weaknesses,
    reports_with,
    first_weakness,
    last_weakness,
    coalesce(said.strengths_beside, 0) AS strengths_beside,
    coalesce(said.strengths_since, 0) AS strengths_since,
    coalesce(said.weaknesses_otherwise, 0) AS weaknesses_otherwise,
    coalesce(said.strengths_otherwise, 0) AS strengths_otherwise,
    coalesce(since.inspections_since, 0) AS inspections_since,
    coalesce(since.reports_since, 0) AS reports_since,
    CASE
        WHEN said.strengths_since > 0 THEN 'answered'
        WHEN said.weaknesses_otherwise + said.strengths_otherwise > 0 THEN 'theme_only'
        WHEN since.reports_since > 0 THEN 'silent_since'
        WHEN since.inspections_since > 0 THEN 'not_read'
        ELSE 'at_latest'
    END AS aftermath
FROM last_weak
JOIN themes USING (theme)
JOIN cohort USING (area_code)
LEFT JOIN said USING (area_code, theme)
LEFT JOIN since USING (area_code, theme)
ORDER BY cohort_order, area_name, theme_order
