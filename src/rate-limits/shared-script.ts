import { createHash } from 'node:crypto';

/**
 * `levelNow` and `hasRoom` inside Redis, step by step the same arithmetic, for all calls of one turn. A call comes as the number of
 * its limits, `1` or `0` for whether to count it, then limit, window in seconds and the least level of each; the answer is, for each
 * call, `1` or `0` for whether there was room, and the level of each of its buckets. The time is that of Redis, so that clocks of
 * replicas need not agree, unless the first argument is one.
 */
const SOURCE = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end

local held, kept = {}, {}

local function level_now(key, limit, window, least)
  local level = held[key]
  if level then
    level = math.min(level, limit)
  else
    level = 0
    local bucket = redis.call('GET', key)
    if bucket then
      local before, at = struct.unpack('dd', bucket)
      local leaked = math.max(0, now - at) / ((window * 1000) / limit)
      level = math.max(0, math.min(before, limit) - leaked)
    end
  end
  return math.max(level, least)
end

local answer = {}
local key, argument = 1, 2
while ARGV[argument] do
  local count, cost = tonumber(ARGV[argument]), tonumber(ARGV[argument + 1])
  argument = argument + 2
  local room, levels = 1, {}
  for n = 1, count do
    local limit, window = tonumber(ARGV[argument]), tonumber(ARGV[argument + 1])
    levels[n] = level_now(KEYS[key + n - 1], limit, window, tonumber(ARGV[argument + 2]))
    kept[KEYS[key + n - 1]] = window
    if levels[n] + 1 > limit + 1e-6 then room = 0 end
    argument = argument + 3
  end
  answer[#answer + 1] = room
  for n = 1, count do
    held[KEYS[key]] = levels[n] + room * cost
    answer[#answer + 1] = string.format('%.17g', held[KEYS[key]])
    key = key + 1
  end
end

for name, level in pairs(held) do
  local milliseconds = math.max(60000, kept[name] * 1000)
  redis.call('SET', name, struct.pack('dd', level, now), 'PX', milliseconds)
end
return answer
`;

/** A Lua script for Redis (7 and up) or Valkey. */
export interface Script {
  readonly source: string;
  /** Its name there, once it has been run. */
  readonly sha1: string;
}

export const TAKE: Script = { source: SOURCE, sha1: createHash('sha1').update(SOURCE).digest('hex') };
