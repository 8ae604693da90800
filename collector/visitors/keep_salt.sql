-- Keeps a salt; the row follows in the body, because bodies are never logged.
INSERT INTO klantreis.salts (day, salt)
SELECT toDate(day) AS day, unhex(salt) AS salt
FROM input('day UInt16, salt String')
