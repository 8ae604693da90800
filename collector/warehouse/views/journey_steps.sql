-- Touchpoints in the order of their journeys: one row per touchpoint, settled within seconds of its arrival. Person and
-- journey are 0 where nobody is known.
CREATE OR REPLACE VIEW klantreis.journey_steps $on_cluster AS
SELECT * EXCEPT (touch, version) REPLACE (
    JSONExtract(phases, 'Map(String, String)') AS phases,
    JSONExtract(rules, 'Map(String, String)') AS rules,
    JSONExtract(previous_phases, 'Map(String, String)') AS previous_phases,
    JSONExtract(next_phases, 'Map(String, String)') AS next_phases)
FROM klantreis.journey_steps_stored FINAL;
