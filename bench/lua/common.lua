-- What every script says when it is done: one line that load.py reads.
function done(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
  io.write(string.format("DONE %d %d %d %d\n", summary.requests, summary.duration, bad, summary.errors.timeout))
end
