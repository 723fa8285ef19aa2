-- Each connection (there is one to a thread) pauses and resumes a plan of its own, with the version that it saw last.
-- Arguments: the token, then the plans' ids.
dofile((debug.getinfo(1).source:sub(2):gsub("move.lua$", "common.lua")))

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  path = "/api/v1/plans/" .. args[number + 2] .. "/transitions/"
  wrk.headers["Authorization"] = "Token " .. args[1]
  wrk.headers["Content-Type"] = "application/json"
  version, status = nil, nil
end

-- Changes nothing: wrk calls it once more than it sends.
function request()
  if version == nil then
    return wrk.format("GET", path)
  end
  local body = '{"name": "resume"}'
  if status == "in_progress" then
    body = '{"name": "pause", "comment": "Odotetaan talousarvion päätöstä."}'
  end
  wrk.headers["If-Match"] = '"' .. version .. '"'
  return wrk.format("POST", path, nil, body)
end

function response(code, headers, body)
  if code == 200 then
    version = body:match('"version":%s*(%d+)')
    status = body:match('"status":%s*"([a-z_]+)"')
  else
    version = nil
  end
end
