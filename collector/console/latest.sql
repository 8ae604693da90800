-- The touchpoints that came in last, for the console's first page.
SELECT
    formatDateTime(received_at, '%Y-%m-%d %H:%i:%S') AS received,
    site,
    type,
    channel,
    came_by,
    signal,
    phase,
    if(page_path != '', page_path, if(screen_name != '', screen_name, store_name)) AS place,
    length(problems) AS problems,
    if(is_bot, 'bot', '') AS bot
FROM klantreis.touchpoints
WHERE occurred_at_sent > now() - INTERVAL 62 DAY AND received_at > now() - INTERVAL 1 DAY
ORDER BY received_at DESC
LIMIT 25
