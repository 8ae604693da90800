"""Texts that are code somewhere else: in every text field, as names, in headers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.case import Case
from tests.hostile.families.contract import fields
from tests.hostile.writing import SECRET, batch, refused, touch

TEXTS = {
    "sql-or": "' OR '1'='1", "sql-drop": "'); DROP TABLE klantreis.touchpoints_stored; --", "sql-comment": "/*!*/ -- #",
    "sql-union": "' UNION SELECT 1 --", "sql-backslash": "\\'; SELECT 1", "sql-parameter": "{id:String} $1 ? %(id)s :id",
    "sql-quote": "''''\"\"``", "sql-format": "' FORMAT JSONEachRow", "sql-file": "file('/etc/passwd')",
    "html-script": "<script>alert(4711)</script>", "html-image": "<img src=x onerror=alert(4711)>",
    "html-close": "</td></table><h1>4711", "html-attribute": "\" onmouseover=\"alert(4711)", "html-entity": "&lt;b&gt;&#60;",
    "html-comment": "--><!-- 4711 -->", "html-style": "</style><style>*{}", "html-svg": "<svg/onload=alert(4711)>",
    "html-null": "<scr\x00ipt>alert(4711)", "javascript": "javascript:alert(4711)", "json-close": "\"}]}",
    "json-line": "a\n{\"id\":\"x\"}\n", "log-line": "x\n12:00:00 receive  INFO forged-4711", "log-crlf": "x\r\nforged-4711",
    "log-json": "\",\"level\":\"error\",\"x\":\"", "ansi-red": "\x1b[31mforged-4711\x1b[0m", "ansi-title": "\x1b]0;4711\x07",
    "ansi-clear": "\x1b[2J\x1b[H", "ansi-8bit": "\x9b31m4711", "backspace": "abc\b\b\bxyz", "bell": "\x07\x07",
    "format-percent": "%s%s%n%x%d", "format-braces": "{0}{name}{{}}", "format-width": "%999999999d",
    "csv-equals": "=cmd|'/C calc'!A0", "csv-plus": "+1+1", "csv-minus": "-1-1", "csv-at": "@SUM(A1)", "csv-tab": "\t=1+1",
    "csv-quote": "\",=1\r\n", "template-jinja": "{{7*7}}{{config}}", "template-dollar": "${7*7} $state ${map}",
    "template-erb": "<%= 7*7 %>", "template-el": "#{7*7}*{7*7}", "jndi": "${jndi:ldap://127.0.0.1/4711}",
    "path-up": "../../../../etc/passwd", "path-encoded": "..%2f..%2fetc%2fpasswd", "path-windows": "..\\..\\win.ini",
    "path-nul": "/etc/passwd\x00.png", "path-file": "file:///etc/passwd", "shell-semicolon": "; id > /tmp/4711",
    "shell-backtick": "`id`", "shell-dollar": "$(id)", "xml": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "ldap": "*)(uid=*))(|(uid=*", "yaml": "!!python/object/apply:os.system ['id']", "regex": "(a+)+$", "unicode-rtl": "\u202e4711",
    "unicode-zero": "\u200b\u200d\ufeff", "unicode-line": "a\u2028b\u2029c\u0085d", "unicode-max": "\U0010ffff\uffff\ufdd0",
    "unicode-marks": "Z" + "\u0301" * 30, "unicode-emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467", "spaces": "   ",
    "tabs": "\t\t\n\n", "nul": "\x00", "del": "\x7f\x80\x9f", "tsv-escape": "\\N\\t\\n", "quotes": "\"'`“”‘’", "long-word": "null",
}  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    for what, text in TEXTS.items():
        yield _everywhere(f"injections/{what}-everywhere", text)
        yield from _each(what, text)


def _everywhere(name: str, text: str) -> Case:
    sent: dict[str, Any] = touch()
    for field in fields():
        if field.text is not None and field.path != "context.address":
            outer, _, inner = field.path.partition(".")
            fitting = text[: field.text["maxLength"]]
            if inner:
                sent.setdefault(outer, {})[inner] = fitting
            else:
                sent[outer] = fitting
    sent["products"] = [{"id": text, "name": text}]
    sent["properties"] = {text: text, "other": [text, {text: text}]}
    sent |= {"novelty": text, f"field {text}": text}
    return batch(name, json.dumps(sent), key=SECRET, kept=True, more=f',"sdk":{{"name":{json.dumps(text)}}}')


def _each(what: str, text: str) -> Iterator[Case]:
    """Where it is no value: a required field, the key, a path, a query, a header."""
    for field in ("id", "type", "occurred_at"):
        name = f"injections/{what}-{field}"
        sent = json.dumps(touch() | {field: text})
        field_path = f"$.touchpoints[1].{field}"
        if field == "type" and text == "null":
            yield batch(name, sent)
        else:
            yield batch(name, sent, accepted=False, rejected=[(1, "field_invalid", field_path)])
    name = f"injections/{what}-key"
    yield refused(name, 401, "key_unknown", body=json.dumps({"key": text, "touchpoints": [touch()]}))
    if all(" " <= letter <= "\xff" and letter not in "\x7f\x80\x85\x9b\x9f" for letter in text) and text.isascii():
        name = f"injections/{what}-headers"
        headers = [
            [header, text.strip()] for header in ("User-Agent", "Referer", "Cookie", "X-Forwarded-For", "Forwarded")
        ]
        yield batch(name, json.dumps(touch()), headers=headers)
        name = f"injections/{what}-origin"
        yield batch(name, json.dumps(touch()), headers=[["Origin", text.strip()], ["Accept-Language", text.strip()]])
