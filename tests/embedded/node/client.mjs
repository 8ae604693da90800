// The official Node client against an embedded ClickHouse: prints one JSON object with what came back.
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { Readable } from 'node:stream'

const [url, password] = process.argv.slice(2)
const log = { level: ClickHouseLogLevel.OFF }
const client = createClient({ url, username: 'default', password, log, compression: { request: true, response: true } })
const found = {}
const rows = async (query, more = {}) => (await client.query({ query, format: 'JSONEachRow', ...more })).json()

found.ping = (await client.ping()).success
await client.command({ query: 'CREATE OR REPLACE TABLE node (id UInt64, name String) ENGINE = MergeTree ORDER BY id' })

const inserted = await client.insert({
  table: 'node',
  values: [{ id: 1, name: "it's" }, { id: 2, name: 'two' }],
  format: 'JSONEachRow',
})
found.summary = inserted.summary?.written_rows

const streamed = Readable.from((function* () {
  for (let id = 10; id < 5010; id++) yield { id, name: `n${id}` }
})(), { objectMode: true })
await client.insert({ table: 'node', values: streamed, format: 'JSONEachRow' })
found.count = (await rows('SELECT count() AS n FROM node'))[0].n

const hostile = "x'); DROP TABLE node; -- \\ \t\n"
found.parameters = await rows('SELECT {text:String} = {text:String} AS same, length({text:String}) AS long, {list:Array(UInt8)} AS list', {
  query_params: { text: hostile, list: [1, 2] },
})

let seen = 0
const answer = await client.query({ query: 'SELECT number FROM numbers(300000)', format: 'JSONEachRow' })
for await (const part of answer.stream()) seen += part.length
found.streamed = seen

found.settings = (await rows("SELECT getSetting('max_threads') AS n", { clickhouse_settings: { max_threads: 3 } }))[0].n
found.error = await rows('SELECT nosuch').catch((error) => ({ code: error.code, type: error.type }))

const plain = createClient({ url, username: 'default', password, log })
found.late = await (async () => {
  const late = await plain.query({ query: 'SELECT number, throwIf(number = 3000000) AS f FROM numbers(10000000)', format: 'JSONEachRow' })
  let got = 0
  try {
    for await (const part of late.stream()) got += part.length
    return { got, failed: false }
  } catch (error) {
    return { got, failed: true, text: String(error.message).slice(0, 200) }
  }
})()

const controller = new AbortController()
const endless = client.query({
  query: 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) % 7 = 3',
  query_id: 'node-aborted',
  abort_signal: controller.signal,
}).catch((error) => error.constructor.name)
setTimeout(() => controller.abort(), 500)
found.aborted = await endless

const session = createClient({ url, username: 'default', password, log, session_id: 'node-session' })
await session.command({ query: 'CREATE TEMPORARY TABLE mine (a UInt8)' })
await session.insert({ table: 'mine', values: [[1], [2]], format: 'JSONCompactEachRow' })
found.session = await (await session.query({ query: 'SELECT sum(a) AS s FROM mine', format: 'JSONEachRow' })).json()
await session.close()

found.exec = await (async () => {
  const { stream } = await client.exec({ query: 'SELECT 1 FORMAT CSV' })
  const parts = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
})()
await plain.close()
await client.close()
console.log(JSON.stringify(found))
