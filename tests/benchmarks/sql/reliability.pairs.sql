WITH first_again AS (
    FROM findings SEMI JOIN second_reading USING (inspection_id) WHERE passage IS NOT NULL
),
by_polarity AS (
    SELECT
        coalesce(a.inspection_id, b.inspection_id) AS inspection_id,
        coalesce(a.passage, b.passage) AS passage,
        a.finding_id AS finding_id_a,
        b.finding_id AS finding_id_b,
        a.polarity AS polarity_a,
        b.polarity AS polarity_b,
        a.theme AS theme_a,
        b.theme AS theme_b,
        a.exploitation AS exploitation_a,
        b.exploitation AS exploitation_b,
        a.exploitation_focus AS exploitation_focus_a,
        b.exploitation_focus AS exploitation_focus_b,
        a.missing AS missing_a,
        b.missing AS missing_b,
        a.agency AS agency_a,
        b.agency AS agency_b,
        a.severity AS severity_a,
        b.severity AS severity_b
    FROM first_again AS a
    FULL JOIN second_reading AS b
        ON b.inspection_id = a.inspection_id AND b.passage = a.passage AND b.polarity = a.polarity
),
left_over AS (
    SELECT
        *,
        -- A passage with one row left of each reader: they differ in polarity.
        (finding_id_a IS NULL OR finding_id_b IS NULL)
        AND count(*) FILTER (finding_id_b IS NULL) OVER passage = 1
        AND count(*) FILTER (finding_id_a IS NULL) OVER passage = 1 AS differing
    FROM by_polarity
    WINDOW passage AS (PARTITION BY inspection_id, passage)
),
paired AS (
    SELECT * EXCLUDE differing FROM left_over WHERE NOT differing
    UNION ALL
    SELECT
        inspection_id,
        passage,
        any_value(finding_id_a),
        any_value(finding_id_b),
        any_value(polarity_a),
        any_value(polarity_b),
        any_value(theme_a),
        any_value(theme_b),
        any_value(exploitation_a),
        any_value(exploitation_b),
        any_value(exploitation_focus_a),
        any_value(exploitation_focus_b),
        any_value(missing_a),
        any_value(missing_b),
        any_value(agency_a),
        any_value(agency_b),
        any_value(severity_a),
        any_value(severity_b)
    FROM left_over
    WHERE differing
    GROUP BY inspection_id, passage
)
SELECT
    inspection_id,
    passage,
    CASE
        WHEN finding_id_b IS NULL THEN 'only_a'
        WHEN finding_id_a IS NULL THEN 'only_b'
        ELSE 'both'
    END AS paired,
    * EXCLUDE (inspection_id, passage)
FROM paired
ORDER BY inspection_id, passage, finding_id_a, finding_id_b
