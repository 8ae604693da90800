-- Whose an identifier is. One without a row was never linked with another: it is somebody of its own.
CREATE OR REPLACE VIEW klantreis.people $on_cluster AS
SELECT site, kind, value, person, device, shared, hub
FROM klantreis.people_stored FINAL;
