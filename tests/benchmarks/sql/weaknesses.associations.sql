WITH pairs AS (
    SELECT
        cohort,
        cohort_label,
        cohort_order,
        unnest([
            {pair: 'weaknesses_and_grade', pair_order: 1::BIGINT, one: 'weaknesses', other: 'grade_rank',
             a: weaknesses::DOUBLE, b: grade_rank::DOUBLE},
            {pair: 'weaknesses_and_help_protection', pair_order: 2, one: 'weaknesses', other: 'help_protection_rank',
             a: weaknesses, b: help_protection_rank},
            {pair: 'weakness_share_and_grade', pair_order: 3, one: 'weakness_share', other: 'grade_rank',
             a: weakness_share, b: grade_rank},
            {pair: 'weaknesses_and_rate', pair_order: 4, one: 'weaknesses', other: 'rate', a: weaknesses, b: rate},
            {pair: 'weakness_share_and_rate', pair_order: 5, one: 'weakness_share', other: 'rate',
             a: weakness_share, b: rate},
            {pair: 'grade_and_rate', pair_order: 6, one: 'grade_rank', other: 'rate', a: grade_rank, b: rate}
        ], recursive := true)
    FROM area_measures
),
ranked AS (
    SELECT
        *,
        a IS NOT NULL AND b IS NOT NULL AS with_both,
        -- Mid-ranks: ties share the mean of their places.
        CASE
            WHEN with_both
            THEN rank() OVER (PARTITION BY cohort_order, pair_order, with_both ORDER BY a)
                 + (count(*) OVER (PARTITION BY cohort_order, pair_order, with_both, a) - 1) / 2
        END AS rank_a,
        CASE
            WHEN with_both
            THEN rank() OVER (PARTITION BY cohort_order, pair_order, with_both ORDER BY b)
                 + (count(*) OVER (PARTITION BY cohort_order, pair_order, with_both, b) - 1) / 2
        END AS rank_b
    FROM pairs
),
correlated AS (
    SELECT
        any_value(cohort) AS cohort,
        any_value(cohort_label) AS cohort_label,
        cohort_order,
        any_value(pair) AS pair,
        pair_order,
        any_value(one) AS one,
        any_value(other) AS other,
        count(*) FILTER (with_both) AS areas,
        count(*) FILTER (NOT with_both) AS without,
        CASE
            WHEN areas >= 4 AND min(rank_a) < max(rank_a) AND min(rank_b) < max(rank_b) THEN corr(rank_a, rank_b)
        END AS r,
        CASE WHEN abs(r) > 1 - 1e-9 THEN sign(r)::DOUBLE ELSE r END AS rho
    FROM ranked
    GROUP BY cohort_order, pair_order
)
SELECT
    * EXCLUDE r,
    CASE
        WHEN abs(rho) < 1 THEN tanh(atanh(rho) - 1.959963984540054 * sqrt((1 + rho ** 2 / 2) / (areas - 3)))
    END AS low,
    CASE
        WHEN abs(rho) < 1 THEN tanh(atanh(rho) + 1.959963984540054 * sqrt((1 + rho ** 2 / 2) / (areas - 3)))
    END AS high
FROM correlated
ORDER BY cohort_order, pair_order
