WITH compared AS (
    SELECT unnest([
        {"column": 'polarity', column_order: 2::BIGINT, a: polarity_a, b: polarity_b},
        {"column": 'theme', column_order: 3, a: theme_a, b: theme_b},
        {"column": 'exploitation', column_order: 4, a: exploitation_a, b: exploitation_b},
        {"column": 'exploitation_focus', column_order: 5,
         a: CASE WHEN exploitation_a <> 'none' AND exploitation_b <> 'none'
                 THEN coalesce(exploitation_focus_a, '(none)') END,
         b: coalesce(exploitation_focus_b, '(none)')},
        {"column": 'missing', column_order: 6, a: missing_a, b: missing_b},
        {"column": 'agency', column_order: 7, a: agency_a, b: agency_b},
        {"column": 'severity', column_order: 8,
         a: CASE WHEN polarity_a = 'weakness' AND polarity_b = 'weakness' THEN coalesce(severity_a, '(none)') END,
         b: coalesce(severity_b, '(none)')}
    ], recursive := true)
    FROM coded_pairs
    WHERE paired = 'both'
),
cells AS (
    SELECT "column", column_order, a, b, count(*) AS n
    FROM compared
    WHERE a IS NOT NULL
    GROUP BY "column", column_order, a, b
),
unordered AS (
    SELECT "column", least(a, b) AS code_a, greatest(a, b) AS code_b, sum(n)::BIGINT AS count
    FROM cells
    WHERE a <> b
    GROUP BY ALL
),
touched AS (
    SELECT
        u."column",
        u.code_a,
        u.code_b,
        any_value(u.count) AS count,
        sum(c.n)::BIGINT AS pairs
    FROM unordered AS u
    JOIN cells AS c ON c."column" = u."column" AND (c.a IN (u.code_a, u.code_b) OR c.b IN (u.code_a, u.code_b))
    GROUP BY ALL
)
SELECT *, row_number() OVER (ORDER BY "column", count DESC, code_a, code_b) AS "order"
FROM touched
ORDER BY "order"
