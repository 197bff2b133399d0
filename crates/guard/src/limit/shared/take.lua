-- Takes from all buckets, or from none if one has too little. The twin of gcra.rs and window.rs.
--
-- KEYS: one for each bucket. ARGV: verb (take, peek or penalise), instant in milliseconds (empty: this server's clock),
-- then for each bucket: algorithm (gcra or window), requests, window in milliseconds, burst, cost.
-- Answer: 1 if all fits and else 0, then for each bucket four numbers: milliseconds until it fits (0: it does), and
-- how it stands: for gcra its debt in units of 1 / requests milliseconds, 0, 0; for window the requests that count,
-- milliseconds until one more fits, milliseconds until none counts any more.
-- All numbers stay below 2^53, where Lua's are exact.

local verb, now = ARGV[1], tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A clock that is behind what is stored by more than this was set back: nobody waits for it to come back.
local LATE = 30000
-- Cells of a window.
local CELLS = 50
-- Keys are kept this long after they stopped to count, so that what counts is decided here and nowhere else.
local SPARE = 5000

local gcra, window = {}, {}

function gcra.load(key, bucket)
  local state = { debt = 0 }
  local stored = redis.call('GET', key)
  if stored then
    local millis, part = string.match(stored, '^(%d+) (%d+)$')
    local debt = (tonumber(millis) - now) * bucket.requests + tonumber(part)
    local full = bucket.burst * bucket.window
    if debt > full + LATE * bucket.requests then
      debt = full
    end
    state.debt = math.max(debt, 0)
  end
  return state
end

function gcra.wait(state, bucket, cost)
  if cost > bucket.burst then
    return bucket.window
  end
  local over = state.debt + cost * bucket.window - bucket.burst * bucket.window
  return math.max(math.ceil(over / bucket.requests), 0)
end

function gcra.room(state, bucket)
  return math.floor((bucket.burst * bucket.window - state.debt) / bucket.window)
end

function gcra.spend(state, bucket, cost)
  state.debt = state.debt + cost * bucket.window
end

function gcra.save(key, state, bucket)
  local part = math.fmod(state.debt, bucket.requests)
  local millis = now + (state.debt - part) / bucket.requests
  local value = string.format('%.0f %.0f', millis, part)
  redis.call('SET', key, value, 'PX', string.format('%.0f', millis - now + SPARE))
end

function gcra.show(state)
  return state.debt, 0, 0
end

-- Stored: when the newest cell took its first request, then for each cell, oldest first, when it took its last one
-- and how many it took.
function window.load(key, bucket)
  local state = { at = now, opened = now, cells = {}, total = 0 }
  local stored = redis.call('GET', key)
  if stored then
    local numbers = cmsgpack.unpack(stored)
    local last = numbers[#numbers - 1]
    local back = 0
    if last > now + LATE then
      back = last - now
    elseif last > now then
      state.at = last
    end
    state.opened = numbers[1] - back
    for i = 2, #numbers, 2 do
      local over = numbers[i] - back + bucket.window
      if over > state.at then
        state.cells[#state.cells + 1] = { last = numbers[i] - back, count = numbers[i + 1] }
        state.total = state.total + numbers[i + 1]
      end
    end
  end
  return state
end

-- Milliseconds until the oldest requests, so many, are over.
local function until_gone(state, bucket, count)
  local gone = 0
  for _, cell in ipairs(state.cells) do
    gone = gone + cell.count
    if gone >= count then
      return cell.last + bucket.window - state.at
    end
  end
  return bucket.window
end

function window.wait(state, bucket, cost)
  if cost > bucket.requests then
    return bucket.window
  end
  local over = state.total + cost - bucket.requests
  if over <= 0 then
    return 0
  end
  return until_gone(state, bucket, over)
end

function window.room(state, bucket)
  return bucket.requests - state.total
end

function window.spend(state, bucket, cost)
  local newest = state.cells[#state.cells]
  if newest and state.at - state.opened < bucket.window / CELLS then
    newest.last = state.at
    newest.count = newest.count + cost
  else
    state.opened = state.at
    state.cells[#state.cells + 1] = { last = state.at, count = cost }
  end
  state.total = state.total + cost
end

function window.save(key, state, bucket)
  local numbers = { state.opened }
  for _, cell in ipairs(state.cells) do
    numbers[#numbers + 1] = cell.last
    numbers[#numbers + 1] = cell.count
  end
  local left = state.at + bucket.window - now
  redis.call('SET', key, cmsgpack.pack(numbers), 'PX', string.format('%.0f', left + SPARE))
end

function window.show(state, bucket)
  if state.total == 0 then
    return 0, 0, 0
  end
  local more = math.max(state.total + 1 - bucket.requests, 1)
  return state.total, until_gone(state, bucket, more), until_gone(state, bucket, state.total)
end

local algorithms = { gcra = gcra, window = window }
local buckets, states, due, waits, fits = {}, {}, {}, {}, 1

for i, key in ipairs(KEYS) do
  local first = 3 + (i - 1) * 5
  local bucket = {
    algorithm = algorithms[ARGV[first]],
    requests = tonumber(ARGV[first + 1]),
    window = tonumber(ARGV[first + 2]),
    burst = tonumber(ARGV[first + 3]),
    cost = tonumber(ARGV[first + 4]),
  }
  buckets[i] = bucket
  states[key] = states[key] or bucket.algorithm.load(key, bucket)
  -- The same key may come twice.
  due[key] = (due[key] or 0) + bucket.cost
  waits[i] = bucket.algorithm.wait(states[key], bucket, due[key])
  if waits[i] > 0 then
    fits = 0
  end
end

if verb == 'penalise' then
  fits = 1
end

local answer = { fits }
for i, key in ipairs(KEYS) do
  local bucket = buckets[i]
  local cost = bucket.cost
  if verb == 'penalise' then
    waits[i] = 0
    cost = math.min(cost, bucket.algorithm.room(states[key], bucket))
  end
  if verb ~= 'peek' and fits == 1 and cost > 0 then
    bucket.algorithm.spend(states[key], bucket, cost)
    bucket.algorithm.save(key, states[key], bucket)
  end
  answer[#answer + 1] = waits[i]
  for _, number in ipairs({ bucket.algorithm.show(states[key], bucket) }) do
    answer[#answer + 1] = number
  end
end
return answer
