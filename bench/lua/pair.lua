-- The floor's POST: each connection (there is one to a thread) changes two rows of its own.
dofile((debug.getinfo(1).source:sub(2):gsub("pair.lua$", "common.lua")))

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function request()
  return wrk.format("POST", "/pair/" .. number .. "/")
end
