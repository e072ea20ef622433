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
totals AS (
    SELECT
        column_order,
        sum(n)::BIGINT AS n,
        coalesce(sum(n) FILTER (a = b), 0)::BIGINT AS agreed
    FROM cells
    GROUP BY column_order
),
margins AS (
    SELECT
        column_order,
        code,
        coalesce(sum(read.n) FILTER (by_a), 0) / any_value(t.n) AS p_a,
        coalesce(sum(read.n) FILTER (NOT by_a), 0) / any_value(t.n) AS p_b
    FROM (
        SELECT column_order, a AS code, true AS by_a, n FROM cells
        UNION ALL
        SELECT column_order, b, false, n FROM cells
    ) AS read
    JOIN totals AS t USING (column_order)
    GROUP BY column_order, code
),
chance AS (
    SELECT
        column_order,
        count(*) AS codes,
        count(*) FILTER (p_a > 0) > 1 AND count(*) FILTER (p_b > 0) > 1 AS varied,
        sum(p_a * p_b) AS expected
    FROM margins
    GROUP BY column_order
),
kappas AS (
    SELECT
        column_order,
        n,
        agreed,
        varied,
        expected,
        CASE WHEN codes > 1 THEN (agreed / n - expected) / (1 - expected) END AS kappa
    FROM totals
    JOIN chance USING (column_order)
),
spreads AS (
    -- The variance of Fleiss, Cohen and Everitt (1969), before it is divided by (1 - expected) ** 2 * n.
    SELECT
        column_order,
        sum(
            cells.n / k.n
            * CASE
                WHEN a = b THEN (1 - (of_a.p_b + of_b.p_a) * (1 - kappa)) ** 2
                ELSE ((of_a.p_b + of_b.p_a) * (1 - kappa)) ** 2
            END
        ) - any_value((kappa - expected * (1 - kappa)) ** 2) AS spread
    FROM cells
    JOIN kappas AS k USING (column_order)
    JOIN margins AS of_a ON of_a.column_order = cells.column_order AND of_a.code = cells.a
    JOIN margins AS of_b ON of_b.column_order = cells.column_order AND of_b.code = cells.b
    GROUP BY column_order
),
found AS (
    SELECT
        1::BIGINT AS column_order,
        count(*) AS n,
        count(*) FILTER (paired = 'both') AS agreed,
        NULL::DOUBLE AS kappa,
        NULL::DOUBLE AS reach
    FROM coded_pairs
    UNION ALL
    SELECT
        column_order,
        n,
        agreed,
        kappa,
        CASE WHEN varied THEN 1.959963984540054 * sqrt(spread / n) / (1 - expected) END
    FROM kappas
    JOIN spreads USING (column_order)
),
names AS (
    SELECT "column", column_order
    FROM unnest([
        'passage', 'polarity', 'theme', 'exploitation', 'exploitation_focus', 'missing', 'agency', 'severity'
    ]) WITH ORDINALITY AS names("column", column_order)
)
SELECT
    "column",
    column_order,
    coalesce(n, 0) AS n,
    coalesce(agreed, 0) AS agreed,
    found.agreed / nullif(found.n, 0) AS share,
    CASE
        WHEN found.agreed = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / found.n
                          - 1.959963984540054
                            * sqrt((share * (1 - share) + 0.9603647051735310 / found.n) / found.n))
                         / (1 + 3.8414588206941240 / found.n))
    END AS share_low,
    CASE
        WHEN found.agreed = found.n THEN share
        ELSE least(1, (share + 1.9207294103470620 / found.n
                       + 1.959963984540054
                         * sqrt((share * (1 - share) + 0.9603647051735310 / found.n) / found.n))
                      / (1 + 3.8414588206941240 / found.n))
    END AS share_high,
    kappa,
    kappa - reach AS kappa_low,
    CASE WHEN reach IS NOT NULL THEN least(1, kappa + reach) END AS kappa_high
FROM names
LEFT JOIN found USING (column_order)
ORDER BY column_order
