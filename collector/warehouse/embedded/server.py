"""The HTTP side: one ASGI application, in front of one engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from collector.settings import Settings
from collector.warehouse.embedded import form, guard, request
from collector.warehouse.embedded.access import User, Users
from collector.warehouse.embedded.answer import Answer, Send
from collector.warehouse.embedded.body import Body, Heads, Receive, read_statement
from collector.warehouse.embedded.engine import Engine, Handle, Outcome
from collector.warehouse.embedded.faults import Disconnected, Fault
from collector.warehouse.embedded.limits import KILL_S, READS, WRITES
from collector.warehouse.embedded.pipes import AnswerPipe, RowsPipe
from collector.warehouse.embedded.places import Places
from collector.warehouse.embedded.request import Ask
from collector.warehouse.embedded.sessions import Kept, Sessions
from collector.warehouse.embedded.watch import ALIVE_PATH
from collector.warehouse.embedded.work import Work

log = logging.getLogger(__name__)

_EXPIRY_S = 2.0
"""Seconds between looks for sessions that have run out."""


class Server:
    """Answers ClickHouse's HTTP interface. One for each process."""

    def __init__(self, settings: Settings, engine: Engine, users: Users) -> None:
        self._host, self._engine, self._users = settings.clickhouse_host, engine, users
        self._sessions = Sessions(engine.defaults)
        self._heads = Heads()
        self._reads, self._writes = Places(READS), Places(WRITES)
        self._threads = ThreadPoolExecutor(READS + WRITES, "statement")
        # Apart, so that neither waits for a thread while statements hold all of them.
        self._steward = ThreadPoolExecutor(1, "steward")
        self._probe = ThreadPoolExecutor(1, "probe")
        self._running: dict[str, tuple[Work, asyncio.Future[Outcome]]] = {}
        self._stopping = False

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request."""
        answer = Answer(send, self._engine.version, self._engine.timezone)
        try:
            await self._serve(scope, receive, answer)
        except Fault as fault:
            try:
                await answer.fail(fault)
            except Disconnected:
                pass
        except Disconnected:
            pass
        except Exception:
            log.exception("a request failed for a reason that is ours")
            await answer.fail(Fault(1002, "The server made a mistake; its log says which", "UNKNOWN_EXCEPTION"))

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, answer: Answer) -> None:
        headers = request.headers_of(scope["headers"])
        guard.check_request(headers, self._host)
        method, path = scope["method"], scope["path"]
        if method not in ("GET", "HEAD", "POST"):
            raise Fault(48, f"Method {method[:20]} is not supported: use GET or POST")
        if path in ("/ping", "/replicas_status"):
            return await answer.plain("Ok.\n")
        given = request.parameters_of(scope["query_string"])
        if path in ("/", "/query") and method != "POST" and "query" not in given:
            return await answer.plain("Ok.\n")
        user = self._users.log_in(headers, given)
        if path == ALIVE_PATH:
            return await self._alive(answer)
        if path not in ("/", "/query"):
            raise Fault(36, "There is no such page. Queries go to /, see https://clickhouse.com/docs/interfaces/http")
        ask = request.read(method, headers, given)
        answer.to(ask, head=method == "HEAD")
        body = Body(receive, ask)
        try:
            await self._query(ask, user, body, given, receive, answer)
        except Fault:
            if not self._stopping:  # answered early, the client would see its connection reset instead of the error
                await body.drop()
            raise

    async def _alive(self, answer: Answer) -> None:
        alive = await asyncio.get_running_loop().run_in_executor(self._probe, self._engine.is_alive)
        await answer.plain("1\n" if alive else "0\n", 200 if alive else 503)

    async def _query(
        self, ask: Ask, user: User, body: Body, given: dict[str, str], receive: Receive, answer: Answer
    ) -> None:
        tables: list[form.Table] = []
        if ask.boundary:
            ask, tables = await form.read(ask, body, given)
        guard.check_settings(ask.settings, self._engine.vocabulary)
        statement, rows = await read_statement(ask, body, self._engine.vocabulary.formats, self._heads)
        guard.check_statement(statement, self._engine.vocabulary)
        work = Work(ask, statement, user, tables=tables)
        async with self._session(work) as work.session, self._place(work).take():
            if self._stopping:
                raise Fault(236, "The server is stopping: send it again later", "ABORTED")
            if ask.query_id in self._running:
                raise Fault(216, f"Query with id = {ask.query_id} is already running")
            if statement.rows is not None:
                await self._insert(work, rows, body, answer)
            elif statement.streams:
                await self._stream(work, receive, answer)
            else:
                outcome = await self._start(work)
                await self._finish(work, outcome, answer)

    def _place(self, work: Work) -> Places:
        return self._reads if work.statement.kind in guard.READ_KINDS else self._writes

    @asynccontextmanager
    async def _session(self, work: Work) -> AsyncIterator[Kept | None]:
        asked = work.ask.session
        if asked is None:
            yield None
            return
        session = self._sessions.take(asked, work.user)
        try:
            yield session
        finally:
            self._close(self._sessions.give_back(asked, session, usable=work.usable))

    def _start(self, work: Work) -> asyncio.Future[Outcome]:
        """Run a statement on a thread; it is listed for as long as it runs."""
        done = asyncio.get_running_loop().run_in_executor(self._threads, work.run, self._engine)
        self._running[work.ask.query_id] = (work, done)
        done.add_done_callback(lambda _: self._running.pop(work.ask.query_id, None))
        return done

    async def _finish(self, work: Work, outcome: Outcome, answer: Answer) -> None:
        output_format = work.format(self._engine)
        if outcome.data:
            work.check_framing(output_format)
            await answer.write(outcome.data, output_format)
        await answer.finish(outcome, output_format)

    async def _stream(self, work: Work, receive: Receive, answer: Answer) -> None:
        """A statement whose answer goes out while it is made. When the client goes away, it is cancelled."""
        output_format = work.format(self._engine)
        work.check_framing(output_format)
        with AnswerPipe() as pipe:
            work.answer_to = pipe.path
            done = self._start(work)
            watching = asyncio.ensure_future(self._cancel_when_gone(receive, work, done))
            try:
                while data := await pipe.read(done):
                    await answer.write(data, output_format)
                await answer.finish(await done, output_format)
            finally:
                watching.cancel()
                await self._cancel(work, done)

    async def _cancel_when_gone(self, receive: Receive, work: Work, done: asyncio.Future[Outcome]) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        await self._cancel(work, done)

    async def _insert(self, work: Work, rows: bytes, body: Body, answer: Answer) -> None:
        """An INSERT whose rows come while it runs. What does not come whole is not stored."""
        with RowsPipe() as pipe:
            work.rows_from, work.let_go = pipe.path, pipe.release
            done = self._start(work)
            try:
                complete = await self._hand_over(pipe, rows, body, done)
                outcome = await done
            except BaseException:
                await self._cancel(work, done)
                raise
            may_leave_rows = work.statement.rows is not None and work.statement.rows.input is not None
            if not may_leave_rows and (not complete or pipe.unread().strip(b"; \t\r\n")):
                raise Fault(
                    33, "The engine left rows unread after it had stored what came before", "CANNOT_READ_ALL_DATA"
                )
        await body.drop()
        await self._finish(work, outcome, answer)

    async def _hand_over(self, pipe: RowsPipe, rows: bytes, body: Body, done: asyncio.Future[Outcome]) -> bool:
        """Pass the rows on; False when the engine did not want all of them."""
        if not await pipe.open(done) or not await pipe.write(rows, done):
            return False
        while piece := await self._next_rows(body, done):
            if not await pipe.write(piece, done):
                return False
        pipe.finish()
        return True

    async def _next_rows(self, body: Body, done: asyncio.Future[Outcome]) -> bytes:
        """More rows; none, when the body or the statement has ended. A sender who stalls keeps no ended statement."""
        reading = asyncio.ensure_future(body.read())
        await asyncio.wait((reading, done), return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            return reading.result()
        reading.cancel()
        return b""

    async def _cancel(self, work: Work, done: asyncio.Future[Outcome]) -> None:
        """Cancel a statement and wait until it has ended.

        It may be waiting for rows, and their end would mean that these were all: so the pipe is closed only after the
        engine has taken note that the statement is cancelled.
        """
        work.cancelled.set()
        loop = asyncio.get_running_loop()
        while not done.done():
            if await loop.run_in_executor(self._steward, self._engine.cancel, work.ask.query_id):
                work.let_go()
            await asyncio.wait((done,), timeout=KILL_S)
        done.exception()  # it is looked at, so that nobody complains that it was not

    def _close(self, handles: list[Handle]) -> None:
        for handle in handles:
            self._steward.submit(handle.close)

    async def expire_sessions(self) -> None:
        """Close sessions that nobody uses, for ever."""
        while True:
            await asyncio.sleep(_EXPIRY_S)
            self._close(self._sessions.close_expired())

    async def stop_reading(self) -> None:
        """Begin to stop: nothing new is started, what reads is cancelled, what writes goes on."""
        self._stopping = True
        reading = [(work, done) for work, done in self._running.values() if work.statement.kind in guard.READ_KINDS]
        await asyncio.gather(*(self._cancel(work, done) for work, done in reading))

    async def stop_all(self) -> None:
        """Cancel whatever still runs."""
        await asyncio.gather(*(self._cancel(work, done) for work, done in list(self._running.values())))

    def close(self) -> None:
        """Close every handle and the engine. Blocks until everything is on disk."""
        for handle in self._sessions.close_all():
            handle.close()
        for threads in (self._threads, self._steward, self._probe):
            threads.shutdown()
        self._engine.close()
