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
)
SELECT
    row_number() OVER (ORDER BY basis, published NULLS LAST, name) AS position,
    area_code,
    name AS area_name,
    basis,
    inspection_id AS basis_inspection_id,
    published AS basis_date,
    valid_to IS NULL AS current
FROM candidates
JOIN areas USING (area_code)
QUALIFY position <= 50 OR basis = 'cqc_review'
ORDER BY position
