-- The same pattern in both engines over the same probes: positions of the probes on which they differ.
-- arrayJoin keeps the probes from being constants, for which ClickHouse may take another way.
SELECT groupArray(probe) AS differ
FROM (SELECT arrayJoin({probes}) AS probe)
WHERE multiMatchAny(probe, [{pattern}]) != match(probe, {pattern})
