-- One row is an abolished authority and one of the authorities that took its place.
SELECT a.area_code, a.name, a.valid_to, s.successor_code, n.name AS successor_name
FROM areas AS a
CROSS JOIN LATERAL (SELECT unnest(string_split(a.successor_codes, ';')) AS successor_code) AS s
JOIN areas AS n ON n.area_code = s.successor_code
