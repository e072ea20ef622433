SELECT
    'neighbours:E08000018' AS cohort,
    'Statistical neighbours of ' || here.name AS cohort_label,
    1::BIGINT AS cohort_order,
    a.area_code,
    a.name AS area_name,
    'neighbour' AS basis
FROM neighbours AS n
JOIN areas AS a ON a.area_code = n.neighbour_code
JOIN areas AS here ON here.area_code = n.area_code
WHERE n.area_code = 'E08000018'
ORDER BY a.area_code
