WITH judged AS (
    SELECT
        inspection_id,
        bool_or(domain = 'lscb') AS of_board,
        bool_or(domain <> 'lscb') AS of_others,
        any_value(grade) FILTER (domain = 'overall') AS overall,
        any_value(grade) FILTER (domain = 'help_protection') AS help_protection
    FROM graded_judgements
    SEMI JOIN (FROM coverage WHERE readable = 'yes') AS readable USING (inspection_id)
    GROUP BY inspection_id
)
SELECT
    inspection_id,
    area_code,
    r.name AS region,
    programme,
    CASE
        WHEN programme = 'jtai' THEN 'whole'
        WHEN of_board AND of_others THEN 'whole'
        WHEN of_board THEN 'board'
        WHEN of_others THEN 'without_board'
        WHEN programme = 'sif' THEN 'whole'
        ELSE 'without_board'
    END AS scope,
    CASE
        WHEN programme IN ('sif', 'sif_reinspection') THEN 'single_inspection'
        WHEN programme IN ('ilacs_standard', 'ilacs_short') THEN 'ilacs'
        ELSE programme
    END AS family,
    theme AS letter_theme,
    started,
    published,
    CASE
        WHEN year(published) BETWEEN 2014 AND 2017 THEN '2014 to 2017'
        WHEN year(published) BETWEEN 2018 AND 2021 THEN '2018 to 2021'
        WHEN year(published) BETWEEN 2022 AND 2025 THEN '2022 to 2025'
    END AS period,
    coalesce(overall, 'not_graded') AS grade,
    coalesce(help_protection, 'not_graded') AS help_protection
FROM coverage
JOIN inspections USING (inspection_id)
JOIN areas USING (area_code)
JOIN regions AS r USING (region_code)
LEFT JOIN judged USING (inspection_id)
WHERE readable = 'yes'
ORDER BY area_code, published, inspection_id
