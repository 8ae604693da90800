"""The embedded ClickHouse: ClickHouse's own HTTP interface over chDB, for one machine.

```
 bytes ─ server (ASGI) ─ guard (may this request, this statement?) ─ request, body, statement (what is asked?)
                           │
                        queries (a place in the queue) ─ sessions ─ engine (chDB handles, one per request)
                           │                                            │
                        pipes (data in and answers out, streamed) ◄─────┘
```

Two walls stand between a client and the machine. `guard` reads every request and statement. Behind it the engine itself
runs every statement under a role of `users.xml` that may not touch files, networks or programs, so a mistake in one
wall is caught by the other.
"""
