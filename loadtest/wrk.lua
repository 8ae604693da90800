-- wrk's part of generator.py: sends prepared requests one after the other, tells what came of them as one line of JSON.
-- The file after `--` holds the requests, each as its length in bytes, a line end, and the whole request.

local requests, count, at = {}, 0, 0

function init(args)
   local file = assert(io.open(args[1], "rb"))
   for length in function() return file:read("*l") end do
      count = count + 1
      requests[count] = assert(file:read(tonumber(length)))
   end
   file:close()
end

function request()
   at = at % count + 1
   return requests[at]
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      '\nRESULT {"requests":%d,"seconds":%f,"refused":%d,"broken":%d,"p50_ms":%f,"p99_ms":%f}\n',
      summary.requests, summary.duration / 1e6, e.status, e.connect + e.read + e.write + e.timeout,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
