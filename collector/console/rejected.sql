-- Why touchpoints were rejected in the last day.
SELECT reason, key, count() AS touchpoints, max(received_at) AS last, any(detail) AS example
FROM klantreis.rejected
WHERE received_at > now() - INTERVAL 1 DAY
GROUP BY reason, key
ORDER BY touchpoints DESC
LIMIT 10
