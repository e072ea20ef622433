WITH days AS (
    SELECT make_date(year, 3, 31) AS "on" FROM range(2015, 2027) AS years(year)
),
existing AS (
    SELECT "on", area_code, name AS area_name, region_code
    FROM areas
    JOIN days ON "on" >= coalesce(valid_from, '-infinity') AND "on" <= coalesce(valid_to, 'infinity')
),
standing AS (
    SELECT *, lead(started) OVER later AS until
    FROM graded_judgements
    WHERE started IS NOT NULL
      AND (comparable <> 'not'
           OR domain NOT IN (SELECT domain FROM graded_judgements WHERE comparable <> 'not'))
    WINDOW later AS (PARTITION BY area_code, domain ORDER BY started, published NULLS FIRST, inspection_id)
)
SELECT
    e."on",
    e.area_code,
    e.area_name,
    e.region_code,
    d.domain,
    s.grade,
    s.grade_rank,
    s.comparable,
    s.inspection_id,
    s.programme,
    s.started,
    s.published
FROM existing AS e
CROSS JOIN (
    VALUES ('adoption'), ('care_leavers'), ('children_in_care'), ('help_protection'), ('leadership'), ('lscb'),
           ('overall')
) AS d(domain)
LEFT JOIN standing AS s
    ON s.area_code = e.area_code
   AND s.domain = d.domain
   AND s.started <= e."on"
   AND (s.until IS NULL OR s.until > e."on")
ORDER BY "on", area_code, domain
