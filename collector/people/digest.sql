-- HMAC-SHA256 of $value with the secret of klantreis.secrets. Its 64 bytes are one block, which HMAC uses as they are;
-- 54 and 92 are the bytes 36 and 5C of RFC 2104. The secret never leaves ClickHouse, and no statement contains it.
SHA256(concat(
    (SELECT bitXor(secret, toFixedString(repeat(char(92), 64), 64)) FROM klantreis.secrets WHERE name = 'forgotten' ORDER BY made_at LIMIT 1),
    SHA256(concat(
        (SELECT bitXor(secret, toFixedString(repeat(char(54), 64), 64)) FROM klantreis.secrets WHERE name = 'forgotten' ORDER BY made_at LIMIT 1),
        $value))))
