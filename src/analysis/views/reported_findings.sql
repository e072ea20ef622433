-- One row is one reported finding, with the inspection and the area that it is about.
SELECT
    f.*,
    i.area_code,
    a.name AS area_name,
    i.programme,
    i.published,
    i.report_id,
    coalesce(f.url, i.url) AS report_url
FROM findings AS f
JOIN inspections AS i USING (inspection_id)
JOIN areas AS a ON a.area_code = i.area_code
