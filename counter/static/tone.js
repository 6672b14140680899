// tone.js: one soft tone when a ticket arrives at an empty line. Never for the clerk's own act.

const HZ = 660
const SECONDS = 0.35
const LOUD = 0.12

let audio = null

/** A browser lets a page sound only after a touch or key: be ready from the first one on. */
export function readyTone() {
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { audio ??= new AudioContext() }, { once: true })
}

export function softTone() {
  document.documentElement.dataset.tones = String(Number(document.documentElement.dataset.tones ?? 0) + 1)
  if (!audio) return
  const at = audio.currentTime
  const voice = new OscillatorNode(audio, { frequency: HZ, type: "sine" })
  const volume = new GainNode(audio, { gain: 0 })
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(LOUD, at + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, at + SECONDS)
  voice.connect(volume).connect(audio.destination)
  voice.start(at)
  voice.stop(at + SECONDS)
}
