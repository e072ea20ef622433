-- One row is an area (authority, region or England), a year ending 31 March and a factor of assessment, with the name
-- of the area and the children aged 0 to 17 who lived there at the mid-year within that year.
SELECT
    s.area_code,
    coalesce(a.name, r.name) AS area_name,
    s.level,
    s.year,
    s.factor,
    s."count",
    s.status,
    s.episodes,
    s.episodes_status,
    c.population AS children,
    s.source_id
FROM assessments AS s
LEFT JOIN areas AS a ON a.area_code = s.area_code
LEFT JOIN regions AS r ON r.region_code = s.area_code
LEFT JOIN children AS c ON c.area_code = s.area_code AND c.year = s.year - 1
