-- One row is one grade in one inspection, with its area and how far it compares across frameworks.
SELECT
    j.inspection_id,
    i.area_code,
    a.name AS area_name,
    a.region_code,
    i.programme,
    i.started,
    i.published,
    j.domain,
    d.comparable,
    j.grade,
    j.grade_published,
    j.published_name,
    j.page,
    i.report_id,
    i.url,
    j.source_id
FROM judgements AS j
JOIN inspections AS i USING (inspection_id)
JOIN areas AS a ON a.area_code = i.area_code
JOIN domains AS d ON d.programme = i.programme AND d.published_name = j.published_name
