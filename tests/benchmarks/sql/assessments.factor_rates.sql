WITH national AS (
    SELECT year, factor, count / episodes AS national_share
    FROM assessments
    WHERE area_code = 'E92000001' AND status = 'published'
),
regional AS (
    SELECT
        area_code AS region_code,
        year,
        factor,
        greatest(count - 5, 0) AS region_least,
        count + 5 AS region_most
    FROM assessments
    WHERE level = 'region' AND status = 'published'
),
local AS (
    SELECT
        region_code,
        year,
        factor,
        coalesce(sum(count) FILTER (status = 'published'), 0)::BIGINT AS region_published,
        count(*) FILTER (status <> 'published') AS region_unknown
    FROM assessments
    JOIN areas USING (area_code)
    WHERE level = 'authority'
    GROUP BY ALL
),
rest AS (
    -- What a region's total leaves for the authorities that were not published.
    SELECT
        region_code,
        year,
        factor,
        region_most - region_published AS most_left,
        CASE WHEN region_unknown = 1 THEN greatest(region_least - region_published, 0) ELSE 0 END AS least_left
    FROM local
    JOIN regional USING (region_code, year, factor)
    WHERE region_most >= region_published
),
judged AS (
    SELECT
        s.*,
        s.level = 'authority' AS of_authority,
        CASE
            WHEN s.status = 'published' AND of_authority AND count = 0 AND national_share * episodes >= 7
            THEN 'doubtful'
            WHEN s.status = 'published' AND of_authority THEN 'exact'
            WHEN s.status = 'published' THEN 'rounded'
            WHEN s.status = 'suppressed' AND of_authority AND rest.most_left IS NOT NULL THEN 'bounded'
            ELSE 'gap'
        END AS certainty,
        CASE WHEN certainty IN ('exact', 'rounded') THEN count END AS used,
        CASE certainty
            WHEN 'exact' THEN count
            WHEN 'rounded' THEN greatest(count - 5, 0)
            WHEN 'bounded' THEN rest.least_left
        END AS count_low,
        CASE certainty
            WHEN 'exact' THEN count
            WHEN 'rounded' THEN count + 5
            WHEN 'bounded' THEN least(rest.most_left, episodes)
        END AS count_high,
        CASE WHEN of_authority THEN episodes ELSE greatest(episodes - 5, 0) END AS fewest,
        CASE WHEN of_authority THEN episodes ELSE episodes + 5 END AS most,
        least(count_low, most) AS part_low,
        least(count_high, fewest) AS part_high,
        c.population,
        c.population / 10000 AS ten_thousands
    FROM assessments AS s
    LEFT JOIN areas AS a USING (area_code)
    LEFT JOIN national AS n ON n.year = s.year AND n.factor = s.factor
    LEFT JOIN rest ON rest.region_code = a.region_code AND rest.year = s.year AND rest.factor = s.factor
    LEFT JOIN children AS c ON c.area_code = s.area_code AND c.year = s.year - 1
)
SELECT
    area_code,
    level,
    year,
    factor,
    status,
    certainty,
    CASE
        WHEN certainty = 'doubtful' THEN 'doubtful_zero'
        WHEN status <> 'published' THEN status
    END AS gap,
    count,
    count_low,
    count_high,
    episodes,
    episodes_status,
    population,
    year - 1 AS population_year,
    CASE WHEN population > 0 THEN used / ten_thousands END AS rate,
    CASE
        WHEN population > 0
        THEN CASE
            WHEN count_low > 0
            THEN (count_low + 1.9207294103470620 - 1.959963984540054 * sqrt(count_low + 0.9603647051735310))
                 / ten_thousands
            WHEN count_low = 0 THEN 0
        END
    END AS rate_low,
    CASE
        WHEN population > 0
        THEN (count_high + 1.9207294103470620 + 1.959963984540054 * sqrt(count_high + 0.9603647051735310))
             / ten_thousands
    END AS rate_high,
    CASE WHEN episodes > 0 THEN used / episodes END AS share,
    CASE
        WHEN most > 0 AND count_low IS NOT NULL
        THEN CASE
            WHEN part_low = 0 THEN 0
            ELSE greatest(0, (part_low / most + 1.9207294103470620 / most
                              - 1.959963984540054
                                * sqrt((part_low / most * (1 - part_low / most) + 0.9603647051735310 / most) / most))
                             / (1 + 3.8414588206941240 / most))
        END
    END AS share_low,
    CASE
        WHEN fewest > 0 AND count_high IS NOT NULL
        THEN CASE
            WHEN part_high = fewest THEN 1
            ELSE least(1, (part_high / fewest + 1.9207294103470620 / fewest
                           + 1.959963984540054
                             * sqrt((part_high / fewest * (1 - part_high / fewest) + 0.9603647051735310 / fewest)
                                    / fewest))
                          / (1 + 3.8414588206941240 / fewest))
        END
    END AS share_high
FROM judged
ORDER BY area_code, factor, year
