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
fifty AS (
    SELECT area_code, basis
    FROM candidates
    JOIN areas USING (area_code)
    QUALIFY row_number() OVER (ORDER BY basis, published NULLS LAST, name) <= 50 OR basis = 'cqc_review'
)
SELECT inspection_id, area_code, programme, basis
FROM inspections
LEFT JOIN fifty USING (area_code)
WHERE report_id IS NOT NULL AND (basis IS NOT NULL OR theme = 'cse_and_missing')
ORDER BY inspection_id
