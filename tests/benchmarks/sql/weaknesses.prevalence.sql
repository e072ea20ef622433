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
        count(*) AS findings
    FROM reported_findings
    WHERE listed AND polarity = 'weakness'
    GROUP BY area_code, inspection_id, theme
),
said_of_areas AS (
    -- A report that speaks of a theme has looked at it, whatever its scope.
    SELECT
        area_code,
        theme,
        sum(findings) AS findings,
        count(*) AS reports,
        count(*) FILTER (scope = CASE theme WHEN 'lscb_challenge' THEN 'without_board' ELSE 'board' END) AS unasked
    FROM said
    JOIN (SELECT inspection_id, scope FROM reports) AS of_reports USING (inspection_id)
    GROUP BY area_code, theme
),
read_of_areas AS (
    SELECT
        area_code,
        count(*) FILTER (scope <> 'without_board') AS boards,
        count(*) FILTER (scope <> 'board') AS others
    FROM reports
    GROUP BY area_code
),
said_of_cohorts AS (
    SELECT
        cohort_order,
        theme,
        sum(findings)::BIGINT AS findings,
        count(*) AS areas,
        sum(reports)::BIGINT AS reports,
        sum(unasked)::BIGINT AS reports_unasked,
        count(*) FILTER (CASE theme WHEN 'lscb_challenge' THEN boards ELSE others END = 0) AS areas_unasked
    FROM said_of_areas
    JOIN read_of_areas USING (area_code)
    JOIN cohort USING (area_code)
    GROUP BY cohort_order, theme
),
read_of_cohorts AS (
    SELECT
        cohort,
        cohort_label,
        cohort_order,
        count(*) FILTER (boards > 0) AS areas_on_boards,
        sum(boards)::BIGINT AS on_boards,
        count(*) FILTER (others > 0) AS areas_on_others,
        sum(others)::BIGINT AS on_others
    FROM read_of_areas
    JOIN cohort USING (area_code)
    GROUP BY cohort, cohort_label, cohort_order
),
counts AS (
    SELECT
        cohort,
        cohort_label,
        cohort_order,
        theme,
        theme_order,
        coalesce(s.findings, 0) AS findings,
        coalesce(s.areas, 0) AS areas,
        coalesce(areas_unasked, 0)
        + CASE theme WHEN 'lscb_challenge' THEN areas_on_boards ELSE areas_on_others END AS areas_read,
        coalesce(s.reports, 0) AS reports,
        coalesce(reports_unasked, 0)
        + CASE theme WHEN 'lscb_challenge' THEN on_boards ELSE on_others END AS reports_read
    FROM read_of_cohorts
    CROSS JOIN themes
    LEFT JOIN said_of_cohorts AS s USING (cohort_order, theme)
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    theme,
    theme_order,
    findings,
    areas,
    areas_read,
    areas / nullif(areas_read, 0) AS share,
    CASE
        WHEN areas = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / areas_read
                          - 1.959963984540054
                            * sqrt((share * (1 - share) + 0.9603647051735310 / areas_read) / areas_read))
                         / (1 + 3.8414588206941240 / areas_read))
    END AS low,
    CASE
        WHEN areas = areas_read THEN share
        ELSE least(1, (share + 1.9207294103470620 / areas_read
                       + 1.959963984540054
                         * sqrt((share * (1 - share) + 0.9603647051735310 / areas_read) / areas_read))
                      / (1 + 3.8414588206941240 / areas_read))
    END AS high,
    reports,
    reports_read,
    reports / nullif(reports_read, 0) AS report_share,
    CASE
        WHEN reports = 0 THEN report_share
        ELSE greatest(0, (report_share + 1.9207294103470620 / reports_read
                          - 1.959963984540054
                            * sqrt((report_share * (1 - report_share) + 0.9603647051735310 / reports_read) / reports_read))
                         / (1 + 3.8414588206941240 / reports_read))
    END AS report_low,
    CASE
        WHEN reports = reports_read THEN report_share
        ELSE least(1, (report_share + 1.9207294103470620 / reports_read
                       + 1.959963984540054
                         * sqrt((report_share * (1 - report_share) + 0.9603647051735310 / reports_read) / reports_read))
                      / (1 + 3.8414588206941240 / reports_read))
    END AS report_high
FROM counts
ORDER BY cohort_order, theme_order
