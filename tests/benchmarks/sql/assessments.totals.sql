WITH local AS (
    SELECT
        year,
        factor,
        sum(count) FILTER (status = 'published')::BIGINT AS authorities,
        count(*) FILTER (status = 'published') AS published,
        count(*) FILTER (status = 'suppressed') AS suppressed,
        count(*) FILTER (status = 'unavailable') AS unavailable,
        count(*) FILTER (status = 'unreliable') AS unreliable,
        count(*) FILTER (status = 'not_collected') AS not_collected
    FROM assessments
    WHERE level = 'authority'
    GROUP BY year, factor
)
SELECT
    l.year,
    l.factor,
    e.count AS england,
    authorities,
    england - authorities AS shortfall,
    published,
    suppressed,
    unavailable,
    unreliable,
    not_collected
FROM local AS l
LEFT JOIN assessments AS e
    ON e.year = l.year AND e.factor = l.factor AND e.area_code = 'E92000001' AND e.status = 'published'
ORDER BY l.factor, l.year
