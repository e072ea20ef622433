WITH said AS (
    SELECT area_code, inspection_id, count(*) AS findings
    FROM reported_findings
    WHERE on_exploitation AND exploitation IN ('cse', 'cse_and_criminal') AND polarity = 'weakness'
    GROUP BY area_code, inspection_id
),
said_of_areas AS (
    SELECT area_code, sum(findings) AS findings, count(*) AS reports
    FROM said
    GROUP BY area_code
),
said_of_cohorts AS (
    SELECT
        cohort_order,
        sum(findings)::BIGINT AS findings,
        count(*) AS areas,
        sum(reports)::BIGINT AS reports
    FROM said_of_areas
    JOIN cohort USING (area_code)
    GROUP BY cohort_order
),
read_of_areas AS (
    SELECT area_code, count(*) AS reports_read
    FROM reports
    GROUP BY area_code
),
read_of_cohorts AS (
    SELECT
        cohort,
        cohort_label,
        cohort_order,
        count(*) AS areas_read,
        sum(reports_read)::BIGINT AS reports_read
    FROM read_of_areas
    JOIN cohort USING (area_code)
    GROUP BY cohort, cohort_label, cohort_order
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    coalesce(s.findings, 0) AS findings,
    coalesce(s.areas, 0) AS areas,
    areas_read,
    coalesce(s.areas, 0) / areas_read AS share,
    CASE
        WHEN coalesce(s.areas, 0) = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / areas_read
                          - 1.959963984540054
                            * sqrt((share * (1 - share) + 0.9603647051735310 / areas_read) / areas_read))
                         / (1 + 3.8414588206941240 / areas_read))
    END AS low,
    CASE
        WHEN coalesce(s.areas, 0) = areas_read THEN share
        ELSE least(1, (share + 1.9207294103470620 / areas_read
                       + 1.959963984540054
                         * sqrt((share * (1 - share) + 0.9603647051735310 / areas_read) / areas_read))
                      / (1 + 3.8414588206941240 / areas_read))
    END AS high,
    coalesce(s.reports, 0) AS reports,
    reports_read,
    coalesce(s.reports, 0) / reports_read AS report_share,
    CASE
        WHEN coalesce(s.reports, 0) = 0 THEN report_share
        ELSE greatest(0, (report_share + 1.9207294103470620 / reports_read
                          - 1.959963984540054
                            * sqrt((report_share * (1 - report_share) + 0.9603647051735310 / reports_read) / reports_read))
                         / (1 + 3.8414588206941240 / reports_read))
    END AS report_low,
    CASE
        WHEN coalesce(s.reports, 0) = reports_read THEN report_share
        ELSE least(1, (report_share + 1.9207294103470620 / reports_read
                       + 1.959963984540054
                         * sqrt((report_share * (1 - report_share) + 0.9603647051735310 / reports_read) / reports_read))
                      / (1 + 3.8414588206941240 / reports_read))
    END AS report_high
FROM read_of_cohorts
LEFT JOIN said_of_cohorts AS s USING (cohort_order)
ORDER BY cohort_order
