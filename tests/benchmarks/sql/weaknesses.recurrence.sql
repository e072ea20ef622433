WITH strata AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        any_value(theme) AS theme,
        theme_order,
        count(*) AS n,
        count(*) FILTER (earlier_weaknesses > 0) AS before,
        count(*) FILTER (weaknesses > 0) AS after,
        count(*) FILTER (outcome = 'persistent') AS persistent,
        count(*) FILTER (outcome = 'resolved') AS resolved,
        count(*) FILTER (outcome = 'silent_since') AS silent_since,
        count(*) FILTER (outcome = 'new') AS new
    FROM theme_successions
    GROUP BY cohort_order, theme_order, earlier_programme, programme
),
areas AS (
    SELECT cohort_order, theme_order, count(DISTINCT area_code) AS areas
    FROM theme_successions
    WHERE earlier_weaknesses > 0
    GROUP BY cohort_order, theme_order
),
summed AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        any_value(theme) AS theme,
        theme_order,
        sum(n)::BIGINT AS pairs,
        sum(before)::BIGINT AS earlier,
        sum(persistent)::BIGINT AS persistent,
        sum(resolved)::BIGINT AS resolved,
        sum(silent_since)::BIGINT AS silent_since,
        sum(new)::BIGINT AS new,
        round(sum(before::DOUBLE * after / n), 9) AS expected,
        coalesce(round(sum(
            before::DOUBLE * after * (n - before) * (n - after) / (n::DOUBLE * n * (n - 1))
        ) FILTER (n > 1), 9), 0) AS variance
    FROM strata
    GROUP BY cohort_order, theme_order
)
SELECT
    cohort,
    cohort_label,
    cohort_order,
    theme,
    theme_order,
    pairs,
    coalesce(areas, 0) AS areas,
    earlier,
    persistent,
    resolved,
    silent_since,
    new,
    persistent / nullif(earlier, 0) AS share,
    CASE
        WHEN persistent = 0 THEN share
        ELSE greatest(0, (share + 1.9207294103470620 / earlier
                          - 1.959963984540054
                            * sqrt((share * (1 - share) + 0.9603647051735310 / earlier) / earlier))
                         / (1 + 3.8414588206941240 / earlier))
    END AS low,
    CASE
        WHEN persistent = earlier THEN share
        ELSE least(1, (share + 1.9207294103470620 / earlier
                       + 1.959963984540054
                         * sqrt((share * (1 - share) + 0.9603647051735310 / earlier) / earlier))
                      / (1 + 3.8414588206941240 / earlier))
    END AS high,
    expected,
    CASE WHEN earlier > 0 THEN expected / earlier END AS chance,
    CASE
        WHEN earlier > 0
        THEN least(1, greatest(0, (expected - 1.959963984540054 * sqrt(variance)) / earlier))
    END AS chance_low,
    CASE
        WHEN earlier > 0
        THEN least(1, greatest(0, (expected + 1.959963984540054 * sqrt(variance)) / earlier))
    END AS chance_high
FROM summed
LEFT JOIN areas USING (cohort_order, theme_order)
ORDER BY cohort_order, theme_order
