WITH here AS (
    FROM areas WHERE area_code = 'E08000018'
),
chosen AS (
    SELECT 'area' AS role, 1::BIGINT AS role_order, NULL::BIGINT AS rank, name AS area_name, area_code FROM here
    UNION ALL
    SELECT 'neighbour', 2, n.rank, a.name, a.area_code
    FROM here
    JOIN neighbours AS n USING (area_code)
    JOIN areas AS a ON a.area_code = n.neighbour_code
    UNION ALL
    SELECT 'region', 3, NULL, r.name, r.region_code FROM here JOIN regions AS r USING (region_code)
    UNION ALL
    SELECT 'england', 4, NULL, name, region_code FROM regions WHERE region_code = 'E92000001'
)
SELECT role, role_order, rank, area_name, rates.*
FROM rates
JOIN chosen USING (area_code)
ORDER BY factor, role_order, rank, year
