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
        area_code,
        inspection_id,
        theme,
        count(*) FILTER (polarity = 'weakness') AS weaknesses,
        count(*) FILTER (polarity = 'strength') AS strengths,
        count(*) FILTER (polarity = 'progress') AS progress
    FROM reported_findings
    WHERE on_exploitation AND programme <> 'cqc_clas'
    GROUP BY area_code, inspection_id, theme
),
said_of_areas AS (
    -- What a report says counts also where it did not have to look; a joint letter never has to.
    SELECT
        area_code,
        theme,
        sum(weaknesses)::BIGINT AS weaknesses,
        sum(strengths)::BIGINT AS strengths,
        sum(progress)::BIGINT AS progress,
        count(*) FILTER (
            programme = 'jtai' OR scope = CASE theme WHEN 'lscb_challenge' THEN 'without_board' ELSE 'board' END
        ) AS unasked
    FROM said
    JOIN (SELECT inspection_id, programme, scope FROM reports) AS of_reports USING (inspection_id)
    GROUP BY area_code, theme
),
inspected AS (
    SELECT
        i.area_code,
        r.inspection_id IS NOT NULL AS read,
        coalesce(r.scope, CASE i.programme WHEN 'sif' THEN 'whole' ELSE 'without_board' END) AS scope
    FROM inspections AS i
    LEFT JOIN (SELECT inspection_id, scope FROM reports) AS r USING (inspection_id)
    WHERE i.programme NOT IN ('jtai', 'cqc_clas')
),
looked_at_areas AS (
    SELECT
        area_code,
        count(*) FILTER (scope <> 'without_board') AS on_boards,
        count(*) FILTER (scope <> 'without_board' AND read) AS read_on_boards,
        count(*) FILTER (scope <> 'board') AS on_others,
        count(*) FILTER (scope <> 'board' AND read) AS read_on_others
    FROM inspected
    GROUP BY area_code
),
seen AS (
    SELECT
        cohort,
        cohort_label,
        cohort_order,
        area_code,
        area_name,
        theme,
        theme_order,
        s.weaknesses,
        s.strengths,
        s.progress,
        coalesce(CASE theme WHEN 'lscb_challenge' THEN read_on_boards ELSE read_on_others END, 0)
        + coalesce(unasked, 0) AS reports_read,
        coalesce(CASE theme WHEN 'lscb_challenge' THEN on_boards ELSE on_others END, 0)
        + coalesce(unasked, 0) AS inspections
    FROM cohort
    CROSS JOIN themes
    LEFT JOIN looked_at_areas USING (area_code)
    LEFT JOIN said_of_areas AS s USING (area_code, theme)
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    area_code,
    area_name,
    theme,
    theme_order,
    CASE
        WHEN weaknesses > 0 AND strengths + progress > 0 THEN 'both'
        WHEN weaknesses > 0 THEN 'weakness'
        WHEN strengths + progress > 0 THEN 'strength'
        WHEN reports_read > 0 THEN 'silent'
        WHEN inspections > 0 THEN 'not_read'
        ELSE 'not_inspected'
    END AS state,
    CASE WHEN reports_read > 0 THEN coalesce(weaknesses, 0) END AS weaknesses,
    CASE WHEN reports_read > 0 THEN coalesce(strengths, 0) END AS strengths,
    CASE WHEN reports_read > 0 THEN coalesce(progress, 0) END AS progress,
    reports_read,
    inspections
FROM seen
ORDER BY cohort_order, area_name, theme_order
