// chime.js: two bells, the second lower, made here.

import { context, sounds } from "./sound.js"

const BELLS_HZ = [659, 523]
const GAP_S = 0.55
const DECAY_S = 1.6
const LOUDNESS = 0.42
const PARTIALS = [[1, 1], [2, 0.28], [3.01, 0.1]]     // [times the pitch, times the loudness]
const UNTIL_VOICE_MS = 1_500

/** Ring; answers a promise of when a voice may begin. Silent where the browser does not sound yet. */
export function chime() {
  if (!sounds()) return Promise.resolve()
  BELLS_HZ.forEach((pitch, place) => bell(pitch, context.currentTime + place * GAP_S))
  return new Promise((done) => setTimeout(done, UNTIL_VOICE_MS))
}

function bell(pitch, at) {
  for (const [times, loud] of PARTIALS) {
    const tone = context.createOscillator()
    const gain = context.createGain()
    tone.frequency.value = pitch * times
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(LOUDNESS * loud, at + 0.006)
    gain.gain.exponentialRampToValueAtTime(0.0001, at + DECAY_S / times)
    tone.connect(gain).connect(context.destination)
    tone.start(at)
    tone.stop(at + DECAY_S)
  }
}
