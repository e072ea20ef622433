WITH reviewed AS (
    SELECT r.area_code, r.inspection_id, i.published
    FROM cqc_reviews AS r
    JOIN inspections AS i USING (inspection_id)
    WHERE r.in_programme = 'yes'
),
first_single AS (
    SELECT area_code, inspection_id, published
    FROM inspections
    ANTI JOIN reviewed USING (area_code)
    WHERE programme = 'sif'
    QUALIFY row_number() OVER (PARTITION BY area_code ORDER BY published, inspection_id) = 1
),
candidates AS (
    SELECT *, 'cqc_review' AS basis FROM reviewed
    UNION ALL
    SELECT *, 'ofsted_after_jay' FROM first_single WHERE published >= DATE '2014-08-26'
),
reviewed_areas AS (
    SELECT
        area_code,
        name AS area_name,
        basis,
        row_number() OVER (ORDER BY basis, published NULLS LAST, name) AS position
    FROM candidates
    JOIN areas USING (area_code)
    QUALIFY position <= 50 OR basis = 'cqc_review'
)
SELECT
    'fifty' AS cohort,
    (SELECT count(*) FROM reviewed_areas) || ' reviewed areas' AS cohort_label,
    1::BIGINT AS cohort_order,
    area_code,
    area_name,
    basis
FROM reviewed_areas
UNION ALL
SELECT 'england', r.name, 2, a.area_code, a.name, 'england'
FROM areas AS a
JOIN regions AS r ON r.region_code = 'E92000001'
UNION ALL
SELECT 'region:' || r.region_code, r.name, 3, a.area_code, a.name, 'region'
FROM areas AS a
JOIN regions AS r USING (region_code)
WHERE r.region_code = 'E12000008'
ORDER BY cohort_order, area_code
