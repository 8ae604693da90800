"""The guard must cut a text as the engine does: what is a comment for one and code for the other is a way in."""

from __future__ import annotations

import json
import random
import re

import pytest

from collector.warehouse.embedded.quoting import IDENTIFIER, STRING, Ambiguous, Unclosed, separate
from tests.embedded.running import Running

# What makes a lexer go wrong: every kind of quote and comment, whole and torn, beside what may touch it.
PIECES = (
    *("'", '"', "`", "\\", "--", "-", "//", "/*", "*/", "/", "*", "#", "# ", "#!", "\n", " ", "\t", "\r", "\x0b"),
    *("$", "$$", "$a$", "$a", "‘", "’", "“", "”", ";", "(", ")", "{", "}", ".", "@", "\u3000", "\u00a0", "é", "−"),
    *("a", "file", "b1", "_", "1", "0x", "1e", "1e5", "x'", "b'", "\\'", "''", '""', "``", "--x\n", "\\n", "\\G"),
)
BATCH, BATCHES = 2_000, 5


def engine_blanks(text: bytes, tokens: list[dict[str, object]]) -> bytes:
    """`text` with its comments and quoted parts blanked by what the engine says they are."""
    blanked = bytearray(text)
    for token in tokens:
        start, end, kind = int(str(token["begin"])), int(str(token["end"])), token["type"]
        if kind == "Comment":
            blanked[start:end] = re.sub(rb"[^\n]", b" ", text[start:end])
        elif kind in ("StringLiteral", "HereDoc"):
            start += text[start : start + 1] in (b"x", b"X", b"b", b"B")  # x'41': the letter is code to us
            blanked[start:end] = STRING * (end - start)
        elif kind == "QuotedIdentifier":
            blanked[start:end] = IDENTIFIER * (end - start)
    return bytes(blanked)


@pytest.mark.parametrize("seed", range(BATCHES))
def test_same_cut_as_engine(server: Running, seed: int) -> None:
    """Thousands of generated texts are cut as the engine's own tokenizer cuts them, or refused."""
    choose = random.Random(seed)
    texts = ["".join(choose.choices(PIECES, k=choose.randint(1, 12))) for _ in range(BATCH)]
    rows = "\n".join(json.dumps({"t": text}) for text in texts)
    server.value("CREATE OR REPLACE TABLE texts (n UInt64, t String) ENGINE = Memory")
    server.value(
        "INSERT INTO texts SELECT rowNumberInAllBlocks(), t FROM input('t String') "
        f"SETTINGS max_threads = 1, input_format_parallel_parsing = 0 FORMAT JSONEachRow\n{rows}"
    )
    lines = server.value("SELECT t, tokenizeQuery(t) AS k FROM texts ORDER BY n FORMAT JSONEachRow").splitlines()
    assert len(lines) == BATCH
    compared = 0
    for line in lines:
        row = json.loads(line)
        text = row["t"].encode()
        try:
            code = separate(text).code
        except (Unclosed, Ambiguous):
            continue
        assert code == _wide(engine_blanks(text, row["k"])), row
        compared += 1
    assert compared > BATCH / 5


def _wide(code: bytes) -> bytes:
    """Wide spaces count as spaces."""
    return code.replace("\u3000".encode(), b"   ").replace("\u00a0".encode(), b"  ")


@pytest.mark.parametrize(
    "hostile",
    [
        b"'" + b"''" * 500_000,
        b"'" + b"\\" * 1_000_001,
        b"/* " * 300_000,
        b"/*" + b"*/ /*" * 200_000,
        b"$a$ " * 100_000,
        b"".join(b"$a%d$ " % number for number in range(20_000)),
        b"\xe2\x80\x98" * 300_000,
        b'"' * 1_000_001,
    ],
    ids=["doubled", "escaped", "nested", "comments", "dollars", "many-dollars", "curly", "quotes"],
)
def test_hostile_texts_end(hostile: bytes) -> None:
    """A megabyte made to run a lexer away is cut or refused."""
    try:
        assert len(separate(hostile).code) == len(hostile)
    except (Unclosed, Ambiguous):
        pass


def test_comments_never_reach_engine(server: Running) -> None:
    """chDB's test orders in comments do not make a failed statement count as done."""
    for comment in ("-- { serverError 395 }", "/* { serverError 395 } */", "# { serverError 395 }"):
        reply = server.ask(f"SELECT throwIf(1) {comment}")
        assert (reply.status, reply.code) == (500, 395), reply.text
