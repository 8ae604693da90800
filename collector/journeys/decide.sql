-- Notes what somebody decided of a pair; the row follows in the body.
INSERT INTO klantreis.identity_decisions (site, kind, value, other_kind, other_value, decision)
SELECT * FROM input('site String, kind String, value String, other_kind String, other_value String, decision String')
FORMAT JSONEachRow
