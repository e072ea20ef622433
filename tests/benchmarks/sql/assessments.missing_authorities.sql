SELECT year, factor, area_code, name AS area_name, status, count, episodes
FROM assessments
JOIN areas USING (area_code)
WHERE level = 'authority' AND status <> 'published'
ORDER BY factor, year, area_name
