/** What drains goes on where memory is used up: it is what makes room. */
const DRAINS = '#!lua flags=allow-oom'
/** Pages of posts of rooms that are held up that are passed over in one step. */
const PAGES = 10

/**
 * What Redis does in one step; each script keeps to the keys of one stream, which share a hash tag. `known` has a field
 * for each post that waits (`room/id`: its hash and its poster), `rooms` how many of each room do, `meta` the bytes and
 * the number of the last lease.
 */
export const SCRIPTS = {
  /**
   * Adds a post behind all others. `behind`: only where posts of its room wait already, and not while the drainer is
   * about to be done with these (`closing`). Says `full` where the stream has too many, too many of this room, too much, or too old a post.
   */
  spoolAdd: {
    numberOfKeys: 5,
    lua: `
      local stream, rooms, known, meta, closing = unpack(KEYS)
      local room, field, print, payload, mode = unpack(ARGV)
      local old = redis.call('HGET', known, field)
      if old and old ~= print then return 'id-taken' end
      if old then
        -- Written once more: where Redis is asked whether it keeps what this connection wrote, that is to be this post.
        redis.call('HSET', known, field, print)
        return 'queued'
      end
      if mode == 'behind' then
        if redis.call('HEXISTS', rooms, room) == 0 then return 'empty' end
        if redis.call('SISMEMBER', closing, room) == 1 then return 'closing' end
      end
      local bytes = tonumber(redis.call('HGET', meta, 'bytes') or '0')
      if redis.call('XLEN', stream) >= tonumber(ARGV[6]) or bytes >= tonumber(ARGV[7]) then return 'full' end
      if tonumber(redis.call('HGET', rooms, room) or '0') >= tonumber(ARGV[9]) then return 'full' end
      local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
      if first then
        local since = tonumber(string.match(first[1], '^%d+'))
        if tonumber(redis.call('TIME')[1]) * 1000 - since > tonumber(ARGV[8]) then return 'full' end
      end
      redis.call('XADD', stream, '*', 'room', room, 'field', field, 'print', print, 'post', payload)
      redis.call('HSET', known, field, print)
      redis.call('HINCRBY', rooms, room, 1)
      redis.call('HINCRBY', meta, 'bytes', #payload)
      redis.call('SREM', closing, room)
      return 'queued'`,
  },
  /** Gives the stream to one drainer for a while: its name, with the number of this lease, or nothing. */
  spoolTake: {
    numberOfKeys: 2,
    lua: `${DRAINS}
      if redis.call('EXISTS', KEYS[1]) == 1 then return false end
      local holder = ARGV[1] .. ':' .. redis.call('HINCRBY', KEYS[2], 'lease', 1)
      redis.call('SET', KEYS[1], holder, 'PX', ARGV[2])
      return holder`,
  },
  spoolRenew: {
    numberOfKeys: 1,
    lua: `${DRAINS}
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
  },
  spoolRelease: {
    numberOfKeys: 2,
    lua: `${DRAINS}
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      redis.call('DEL', KEYS[2])
      return redis.call('DEL', KEYS[1])`,
  },
  /**
   * The oldest posts behind an entry for the holder of the lease, but for those of rooms that are held up; and behind
   * which entry to read on, which is `-` where there is no more. Then all that waits of the rooms of these posts is in
   * them, and the rooms are marked as closing. Looks at so many pages at most, because everybody waits for it.
   */
  spoolRead: {
    numberOfKeys: 4,
    lua: `${DRAINS}
      local stream, lease, rooms, closing = unpack(KEYS)
      if redis.call('GET', lease) ~= ARGV[1] then return false end
      redis.call('PEXPIRE', lease, ARGV[2])
      local count, from, posts, held = tonumber(ARGV[3]), ARGV[4], {}, {}
      for at = 5, #ARGV do held[ARGV[at]] = true end
      for page = 1, ${PAGES} do
        local read = redis.call('XRANGE', stream, from, '+', 'COUNT', count)
        for _, post in ipairs(read) do
          if not held[post[2][2]] then posts[#posts + 1] = post end
        end
        from = #read == count and '(' .. read[count][1] or '-'
        if #posts > 0 or from == '-' then break end
      end
      if redis.call('XLEN', stream) == 0 then redis.call('DEL', rooms, closing) end
      if from == '-' then
        for _, post in ipairs(posts) do redis.call('SADD', closing, post[2][2]) end
      end
      return { from, posts }`,
  },
  /** Takes out what was decided, for the holder of the lease. `park` keeps a post apart, for a person to look at. */
  spoolSettle: {
    numberOfKeys: 7,
    lua: `${DRAINS}
      local stream, lease, rooms, known, meta, closing, parked = unpack(KEYS)
      if redis.call('GET', lease) ~= ARGV[1] then return 0 end
      for at = 3, #ARGV, 3 do
        local entry, what, why = ARGV[at], ARGV[at + 1], ARGV[at + 2]
        local post = redis.call('XRANGE', stream, entry, entry)[1]
        -- Nodes of an earlier release ask a group of readers for what was handed out.
        redis.call('XACK', stream, 'drain', entry)
        if post then
          local room, field, print, payload = post[2][2], post[2][4], post[2][6], post[2][8]
          if what == 'park' then
            redis.call('XADD', parked, '*', 'why', why, 'room', room, 'field', field, 'print', print,
              'post', payload)
          else
            redis.call('HDEL', known, field)
          end
          redis.call('XDEL', stream, entry)
          redis.call('HINCRBY', meta, 'bytes', -#payload)
          if redis.call('HINCRBY', rooms, room, -1) <= 0 then
            redis.call('HDEL', rooms, room)
            redis.call('SREM', closing, room)
          end
        end
      end
      if tonumber(ARGV[2]) > 0 then redis.call('DEL', closing) end
      if redis.call('XLEN', stream) == 0 then redis.call('HDEL', meta, 'bytes') end
      return 1`,
  },
  /** What was put aside waits again, behind all others; or, by `drop`, only that it was refused is known of it. */
  spoolUnpark: {
    numberOfKeys: 6,
    lua: `${DRAINS}
      local stream, rooms, known, meta, parked, rejected = unpack(KEYS)
      local post = redis.call('XRANGE', parked, ARGV[2], ARGV[2])[1]
      if not post then return 0 end
      local room, field, print, payload = post[2][4], post[2][6], post[2][8], post[2][10]
      if ARGV[1] == 'drop' then
        redis.call('SET', rejected, ARGV[3], 'EX', ARGV[4])
        redis.call('HDEL', known, field)
      else
        redis.call('XADD', stream, '*', 'room', room, 'field', field, 'print', print, 'post', payload)
        redis.call('HINCRBY', rooms, room, 1)
        redis.call('HINCRBY', meta, 'bytes', #payload)
      end
      return redis.call('XDEL', parked, ARGV[2])`,
  },
} as const

export type ScriptName = keyof typeof SCRIPTS
