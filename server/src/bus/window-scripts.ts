/** Revs and characters that a room's window on Redis keeps, and seconds for which it outlives its last change. */
export const WINDOW_CHANGES = 1000
export const WINDOW_BYTES = 524_288
export const WINDOW_SECONDS = 3600

/** The field of a window that has what was last told of the room itself; ids of items never look like it. */
export const ROOM_FIELD = '#room'

/*
 * A window is a hash of what was last told of each item (and `#epoch`, `#head`, `#floor`, `#bytes` of the whole), with
 * a sorted set of the items by the rev of that telling. It has everything in (`#floor`, `#head`], each item once: what
 * is told of an item takes the place of what was told before, so that no text outlives its removal.
 *
 * KEYS: texts, revs. ARGV: epoch, after, to, most changes, most bytes, seconds, and from `first` on rev, item and text
 * of each change.
 */
const BEGIN = `
local texts, revs = KEYS[1], KEYS[2]
local epoch, after, to = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local meta = redis.call('HMGET', texts, '#epoch', '#head', '#floor', '#bytes')
local head, floor, bytes = tonumber(meta[2]), tonumber(meta[3]), tonumber(meta[4])
local function restart()
  redis.call('DEL', texts, revs)
  head, floor, bytes = after, after, 0
end
local function put(rev, item, text)
  bytes = bytes + #text - redis.call('HSTRLEN', texts, item)
  redis.call('HSET', texts, item, text)
  redis.call('ZADD', revs, rev, item)
end
local function finish()
  local over = redis.call('ZCARD', revs) - tonumber(ARGV[4])
  local most = tonumber(ARGV[5])
  while over > 0 or bytes > most do
    local oldest = redis.call('ZPOPMIN', revs)
    if not oldest[1] then break end
    bytes = bytes - redis.call('HSTRLEN', texts, oldest[1])
    redis.call('HDEL', texts, oldest[1])
    floor = math.max(floor, tonumber(oldest[2]))
    over = over - 1
  end
  redis.call('HSET', texts, '#epoch', epoch, '#head', head, '#floor', floor, '#bytes', bytes)
  redis.call('EXPIRE', texts, ARGV[6])
  redis.call('EXPIRE', revs, ARGV[6])
end
`

/**
 * Takes what one append did into the window and then tells of it, in one step. Where it does not go on from the
 * window's head, or belongs to another epoch, what was there is dropped and the window begins anew; what comes late
 * or again changes nothing. KEYS[3] is the channel; ARGV[7] the command that publishes, ARGV[8] the message's
 * beginning.
 */
export const ANNOUNCE = `${BEGIN}
if meta[1] ~= epoch or after > head then restart() end
local told = {}
for at = 9, #ARGV, 3 do
  local rev = tonumber(ARGV[at])
  if rev > head then put(rev, ARGV[at + 1], ARGV[at + 2]) end
  told[#told + 1] = ARGV[at + 2]
end
if to > head then
  head = to
  finish()
end
redis.call(ARGV[7], KEYS[3], ARGV[8] .. table.concat(told, ',') .. ']}')
`

/**
 * What was read from the log: takes the place of a window that is behind it, else comes before what the window has,
 * which is known better. Of another epoch, neither can be trusted.
 */
export const REFILL = `${BEGIN}
if meta[1] and meta[1] ~= epoch then
  redis.call('DEL', texts, revs)
  return 0
end
local newer = not meta[1] or head < to
if newer then
  restart()
elseif after >= floor or to < floor then
  return 0
end
for at = 7, #ARGV, 3 do
  local rev, item = tonumber(ARGV[at]), ARGV[at + 1]
  if newer or (rev <= floor and redis.call('HEXISTS', texts, item) == 0) then put(rev, item, ARGV[at + 2]) end
end
floor = after
head = math.max(head, to)
finish()
return 1
`
