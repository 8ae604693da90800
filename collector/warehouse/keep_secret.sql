-- Keeps a secret; the row follows in the body, because bodies are never logged.
INSERT INTO klantreis.secrets (name, secret)
SELECT name, unhex(secret) AS secret
FROM input('name String, secret String')
