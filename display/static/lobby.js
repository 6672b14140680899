// lobby.js: the lobby screen, put together.

import { _, given } from "../shared/words.js"
import { get } from "../shared/api.js"
import { follow, whenFree } from "../shared/live.js"
import { hallClock, runClocks } from "../shared/clock.js"
import { linkBanner } from "../shared/parts.js"
import { announcer } from "./announce.js"
import { callsOf } from "./calls.js"
import { chime } from "./chime.js"
import { hideCursor } from "./cursor.js"
import { paceOf } from "./pace.js"
import { say } from "./said.js"
import { tellSound, unlockSound } from "./sound.js"
import { fetchCall, hushCall, speakCall } from "./spoken.js"
import { ticker } from "./ticker.js"
import { waitingOf } from "./waiting.js"

const LATE_S = 60          // a call heard of later than this is past: it is shown, but no longer announced
const LOOK_MS = 60_000     // hours and notices change without anything happening

const hall = given()
const options = new URLSearchParams(location.search)     // ?sound=off, ?sound=on beside a loudspeaker, ?voice=off
const own = document.documentElement.lang
const silent = options.get("sound") === "off" || (hall.speaker && options.get("sound") !== "on")
const mute = silent || options.get("voice") === "off"
const clock = hallClock(hall)
const pace = paceOf(hall.speed)
runClocks(clock)

const calls = callsOf(hall.calls)
const waiting = waitingOf(hall)
const notices = ticker(hall.notices)
const banner = linkBanner(clock)
const announce = announcer({
  times: hall.times,
  played: () => pace.speed() > 1,
  show(call) {
    calls.announce(call)
    say(_("%(number)s, please go to counter %(n)s", { number: call.number, n: call.counter }))
  },
  ring: () => (silent ? null : chime()),
  languages,
  speak: (call, language) => (mute ? null : speakCall(call, language, sentence(call, language))),
  hush: hushCall,
  calm: calls.calm,
  late: calls.late,
  isLate,
  left: calls.left,
})

hideCursor()
if (!silent) unlockSound(document.querySelector("[data-sound]"))
tellSound(document.documentElement.dataset.station, { silent })

follow({
  topics: `board:${hall.area}`, journal: hall.journal, seq: hall.seq,
  onEvent: hear,
  onNow(now) { clock.set(now, pace.hear(now)) },
  onSetup() { look(); whenFree(() => !announce.busy) },      // a call under way is shown and said to its end
  onLink(up, since) {
    banner(up, since)
    if (up) announce.go(); else announce.halt()
  },
})
setInterval(look, LOOK_MS)

function hear(message) {
  switch (message.kind) {
    case "ticket.called": case "ticket.recalled": case "ticket.resumed": return called(message)
    case "ticket.undone": return undone(message)
    case "waiting": return message.area === hall.area ? waiting.put(message.services) : undefined
    case "duty.changed": return duty()
    case "day.ended": return location.reload()
    default: if (/^(hall|session|notice|settings)\./.test(message.kind)) look()
  }
}

function called({ kind, seq, at, number, service, counter, areas, calls: times, locale }) {
  if (areas && !areas.includes(hall.area)) return
  const again = kind === "ticket.recalled"
  const call = { call_seq: seq, at, number, counter, calls: times, again, locale, service, service_name: hall.services[service] ?? "" }
  if (isLate(call)) return calls.late(call)
  if (!mute) for (const language of languages(call)) fetchCall(call, language)
  announce.add(call)
}

/** The hall's order; without one the screen's own language, then the one the number was taken in. Both Chinese scripts sound alike. */
function languages({ locale }) {
  if (hall.order.length) return hall.order
  const other = locale in hall.voice && locale.split("-")[0] !== own.split("-")[0]
  return other ? [own, locale] : [own]
}

function undone({ undid, undid_seq: seq }) {
  if (undid !== "ticket.called" && undid !== "ticket.resumed") return
  announce.drop(seq)
  calls.drop(seq)
}

/** Whether a call was made so long ago, as the room feels it, that nobody is to be sent off by it now. */
function isLate({ at }) {
  return clock.since(at) / pace.speed() > LATE_S
}

function sentence({ number, counter }, language) {
  const spelt = [...number].join(" ")       // "A 0 1 9": no voice reads it as nineteen
  return hall.voice[language].replace("{number}", spelt).replace("{counter}", String(counter))
}

/** Who leads today, by name. */
async function duty() {
  try {
    const { duty_leader: leader } = await get("/api/hall")
    const name = document.querySelector("[data-duty]")
    name.textContent = leader?.name ?? ""
    name.parentElement.hidden = !leader || !hall.names_leader
  } catch { /* as below */ }
}

async function look() {
  try {
    const board = await get(`/api/board?area=${encodeURIComponent(hall.area)}`)
    waiting.put(board.waiting)
    notices.put(board.notices)
  } catch { /* the link's own banner says when nobody answers */ }
}
