// announce.js: calls one after another, each with its own chime, flash and voice. None is dropped, none stands under another's sound.

const HOLD_MS = 6_000
const HURRIED_MS = 4_000
const MANY = 3                // with more than so many waiting each is held shorter and spoken once
const PLAYED_MS = 1_500       // a hall that plays faster than one can speak
const PLAYED_MOST = 4         // there, what waits beyond this enters the list unannounced
const LOOK_MS = 100
const OVERTAKEN_MOST = 3      // a recall lets first calls go before it, but not for ever

/**
 * One queue of announcements. Answers { add, drop, halt, go, busy }.
 *
 * show(call)  yellow, and the words for who cannot see; ring() and speak(call, language) answer promises of their end; hush() ends the voice
 * languages(call)  in which it is spoken each time, one after the other
 * calm()      the announcement is over; late(call) shows one without announcing it; isLate(call) decides
 * left(n)     how many more wait; times: how often each is spoken; played(): the hall's clock is being played fast
 */
export function announcer({ times, played, show, ring, languages, speak, hush, calm, late, isLate, left }) {
  const queue = []
  let current = null
  let halted = false

  const hold = () => (played() ? PLAYED_MS : queue.length > MANY ? HURRIED_MS : HOLD_MS)
  const rounds = () => (played() ? 0 : queue.length > MANY ? 1 : times)

  async function next() {
    if (halted || current) return
    while (played() && queue.length > PLAYED_MOST) late(queue.shift())
    const call = queue.shift()
    left(queue.length)
    if (!call) return
    const turn = current = { call, over: false }
    const began = performance.now()
    try {
      show(call)
      await ring()
      for (let round = 1; round <= rounds() && !turn.over; round += 1) {
        for (const language of languages(call)) if (!turn.over) await speak(call, language)
      }
      while (!turn.over && performance.now() - began < hold()) await new Promise((done) => setTimeout(done, LOOK_MS))
    } finally {
      end(turn)            // whatever went wrong with one, the next is announced
    }
  }

  function end(turn) {
    if (current !== turn) return
    turn.over = true
    current = null
    calm()
    next()
  }

  const stop = () => {
    if (!current) return
    hush()
    end(current)
  }

  return {
    /** Whoever is called for the first time goes before those who are called again. */
    add(call) {
      let place = queue.length
      while (!call.again && place > 0 && queue[place - 1].again && (queue[place - 1].overtaken ?? 0) < OVERTAKEN_MOST) place -= 1
      for (const passed of queue.slice(place)) passed.overtaken = (passed.overtaken ?? 0) + 1
      queue.splice(place, 0, call)
      if (current) left(queue.length); else next()
    },
    /** The call with this seq no longer holds. */
    drop(seq) {
      const kept = queue.filter((call) => call.call_seq !== seq)
      queue.splice(0, queue.length, ...kept)
      if (current?.call.call_seq === seq) stop()
      left(queue.length)
    },
    /** The link is lost: no yellow, no sound; what waits goes on waiting. */
    halt() {
      halted = true
      stop()
      left(0)
    },
    go() {
      halted = false
      const fresh = queue.filter((call) => !isLate(call) || late(call))     // waiting for a turn makes none late, a lost link does
      queue.splice(0, queue.length, ...fresh)
      next()
    },
    /** Whether a call is being announced, or waits to be. */
    get busy() { return current !== null || queue.length > 0 },
  }
}
