-- Touchpoints per phase of the default model and channel, of the last thirty days, without bots.
SELECT phase, channel, count() AS touchpoints
FROM klantreis.touchpoints
WHERE occurred_at > now() - INTERVAL 30 DAY AND NOT is_bot
GROUP BY phase, channel
