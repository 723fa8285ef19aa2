-- A GET with the headers given as arguments, two by two.
dofile((debug.getinfo(1).source:sub(2):gsub("get.lua$", "common.lua")))

function init(args)
  for at = 1, #args, 2 do
    wrk.headers[args[at]] = args[at + 1]
  end
end
