WITH here AS (
    FROM areas WHERE area_code = 'E08000018'
),
beside AS (
    SELECT
        1::BIGINT AS rank,
        'areas:' || area_code AS cohort,
        name AS cohort_label,
        area_code,
        name AS area_name,
        'chosen' AS basis
    FROM here
    UNION ALL
    SELECT
        2,
        'neighbours:' || here.area_code,
        'Statistical neighbours of ' || here.name,
        a.area_code,
        a.name,
        'neighbour'
    FROM here
    JOIN neighbours AS n USING (area_code)
    JOIN areas AS a ON a.area_code = n.neighbour_code
    UNION ALL
    SELECT 3, 'region:' || here.region_code, r.name, a.area_code, a.name, 'region'
    FROM here
    JOIN regions AS r USING (region_code)
    JOIN areas AS a USING (region_code)
    UNION ALL
    SELECT 4, 'england', r.name, a.area_code, a.name, 'england'
    FROM areas AS a
    JOIN regions AS r ON r.region_code = 'E92000001'
)
SELECT
    cohort,
    cohort_label,
    -- Without statistical neighbours the region stands second.
    dense_rank() OVER (ORDER BY rank) AS cohort_order,
    area_code,
    area_name,
    basis
FROM beside
ORDER BY cohort_order, area_code
