-- The phases of the default model, in the order of the journey.
SELECT phase FROM klantreis.phases WHERE is_default ORDER BY position
