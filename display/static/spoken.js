// spoken.js: a call as the hall's server speaks it, fetched as soon as it is known; else by this machine's own voice, else not.

import { context, sounds } from "./sound.js"
import { hush, speak } from "./voice.js"

const PATIENCE_MS = 4_000     // a sound that is not here by then is not waited for
const OVER_MS = 1_000         // … nor its end, for so long after it should have come
const KEPT = 12               // sounds of calls before: a second call is spoken at once

const fetched = new Map()     // address → promise of a sound, or of null where the server has none
let playing = null
let silences = 0              // counted, so that what was still being fetched when silence was asked for is not said after it

/** Begin to fetch what will be said. */
export function fetchCall({ number, counter }, language) {
  const address = `/api/voice?${new URLSearchParams({ number, counter, locale: language })}`
  if (!fetched.has(address)) {
    fetched.set(address, sound(address).then((found) => {
      if (!found) fetched.delete(address)          // it may be there the next time
      return found
    }))
    if (fetched.size > KEPT) fetched.delete(fetched.keys().next().value)
  }
  return fetched.get(address)
}

/** Say the call in a language; answers when it has been said. */
export async function speakCall(call, language, sentence) {
  const before = silences
  const found = sounds() && await Promise.race([fetchCall(call, language), after(PATIENCE_MS)])
  if (silences !== before) return undefined
  return found ? play(found) : speak(sentence, language)
}

/** Be silent at once. */
export function hushCall() {
  silences += 1
  playing?.stop()
  hush()
}

async function sound(address) {
  const { base, station } = document.documentElement.dataset
  const headers = station ? { Station: station } : {}
  try {
    const answer = await fetch((base || "") + address, { headers, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) })
    return answer.status === 200 && context ? await context.decodeAudioData(await answer.arrayBuffer()) : null
  } catch {
    return null            // nobody answers, or it is no sound: this machine's own voice says it
  }
}

function play(found) {
  const source = playing = context.createBufferSource()
  source.buffer = found
  source.connect(context.destination)
  const ended = new Promise((done) => { source.onended = done })
  source.start()
  return Promise.race([ended, after(found.duration * 1_000 + OVER_MS)])
}

const after = (ms) => new Promise((done) => setTimeout(() => done(null), ms))
