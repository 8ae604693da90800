-- The newest of the chosen rows.
$kept
ORDER BY received_at DESC, row
LIMIT {most:UInt32}
