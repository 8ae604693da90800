-- People whose journeys lose steps, as numbers that name nobody.
SELECT DISTINCT person
FROM klantreis.journey_steps_stored
WHERE person != 0 AND $carries
