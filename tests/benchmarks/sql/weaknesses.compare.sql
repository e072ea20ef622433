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
    SELECT inspection_id, theme, count(*) AS findings
    FROM reported_findings
    WHERE listed AND polarity = 'weakness'
    GROUP BY inspection_id, theme
),
grouped AS (
    SELECT inspection_id, scope, true AS of_one FROM some_reports
    UNION ALL
    SELECT inspection_id, scope, false FROM others
),
found AS (
    -- A report that speaks of a theme has looked at it, whatever its scope.
    SELECT
        of_one,
        theme,
        sum(findings)::BIGINT AS findings,
        count(*) AS reports,
        count(*) FILTER (scope = CASE theme WHEN 'lscb_challenge' THEN 'without_board' ELSE 'board' END) AS unasked
    FROM said
    JOIN grouped USING (inspection_id)
    GROUP BY of_one, theme
),
read AS (
    SELECT
        g.of_one,
        count(scope) AS every,
        count(*) FILTER (scope <> 'without_board') AS boards,
        count(*) FILTER (scope <> 'board') AS others
    FROM (VALUES (true), (false)) AS g(of_one)
    LEFT JOIN grouped USING (of_one)
    GROUP BY g.of_one
),
counts AS (
    SELECT
        of_one,
        theme,
        theme_order,
        coalesce(f.findings, 0) AS findings,
        coalesce(f.reports, 0) AS reports,
        CASE theme WHEN 'lscb_challenge' THEN boards ELSE others END + coalesce(unasked, 0) AS reports_read
    FROM read
    CROSS JOIN themes
    LEFT JOIN found AS f USING (of_one, theme)
),
shares AS (
    SELECT
        *,
        reports / nullif(reports_read, 0) AS share,
        CASE
            WHEN reports = 0 THEN share
            ELSE greatest(0, (share + 1.9207294103470620 / reports_read
                              - 1.959963984540054
                                * sqrt((share * (1 - share) + 0.9603647051735310 / reports_read) / reports_read))
                             / (1 + 3.8414588206941240 / reports_read))
        END AS low,
        CASE
            WHEN reports = reports_read THEN share
            ELSE least(1, (share + 1.9207294103470620 / reports_read
                           + 1.959963984540054
                             * sqrt((share * (1 - share) + 0.9603647051735310 / reports_read) / reports_read))
                          / (1 + 3.8414588206941240 / reports_read))
        END AS high
    FROM counts
)
SELECT
    theme,
    a.theme_order,
    a.findings,
    a.reports,
    a.reports_read,
    a.share,
    a.low,
    a.high,
    b.findings AS other_findings,
    b.reports AS other_reports,
    b.reports_read AS other_reports_read,
    b.share AS other_share,
    b.low AS other_low,
    b.high AS other_high,
    a.share - b.share AS difference,
    a.share - b.share - sqrt((a.share - a.low) ** 2 + (b.high - b.share) ** 2) AS difference_low,
    a.share - b.share + sqrt((a.high - a.share) ** 2 + (b.share - b.low) ** 2) AS difference_high
FROM (FROM shares WHERE of_one) AS a
JOIN (FROM shares WHERE NOT of_one) AS b USING (theme)
ORDER BY a.theme_order
