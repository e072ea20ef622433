SELECT
    finding_id,
    inspection_id,
    r.area_code,
    r.programme,
    polarity,
    theme,
    exploitation,
    exploitation_focus,
    missing,
    agency,
    severity,
    section IN ('priority_action', 'area_for_improvement', 'strength', 'lscb_priority_action', 'lscb_improvement',
                'lscb_strength') AS listed,
    coalesce(exploitation_focus IN ('central', 'among_others'), false) AS on_exploitation
FROM findings
JOIN reports AS r USING (inspection_id)
ORDER BY finding_id
