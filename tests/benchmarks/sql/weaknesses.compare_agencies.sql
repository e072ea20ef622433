WITH agencies AS (
    SELECT agency, agency_order
    FROM unnest([
        'local_authority', 'lscb', 'police', 'health', 'schools', 'youth_justice_probation', 'voluntary',
        'courts_cafcass', 'partnership'
    ]) WITH ORDINALITY AS codebook(agency, agency_order)
),
said AS (
    SELECT inspection_id, agency, count(*) AS findings
    FROM reported_findings
    WHERE on_exploitation AND polarity = 'weakness'
    GROUP BY inspection_id, agency
),
grouped AS (
    SELECT inspection_id, scope, true AS of_one FROM some_reports
    UNION ALL
    SELECT inspection_id, scope, false FROM others
),
found AS (
    -- A report that speaks of a agency has looked at it, whatever its scope.
    SELECT
        of_one,
        agency,
        sum(findings)::BIGINT AS findings,
        count(*) AS reports,
        count(*) FILTER (agency = 'lscb' AND scope = 'without_board') AS unasked
    FROM said
    JOIN grouped USING (inspection_id)
    GROUP BY of_one, agency
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
        agency,
        agency_order,
        coalesce(f.findings, 0) AS findings,
        coalesce(f.reports, 0) AS reports,
        CASE agency WHEN 'lscb' THEN boards ELSE every END + coalesce(unasked, 0) AS reports_read
    FROM read
    CROSS JOIN agencies
    LEFT JOIN found AS f USING (of_one, agency)
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
    agency,
    a.agency_order,
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
JOIN (FROM shares WHERE NOT of_one) AS b USING (agency)
ORDER BY a.agency_order
