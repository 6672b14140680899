// remind.js: a tone, a shake and, where the phone allows it, a note, once its holder has asked for it with a touch.

const TONE_HZ = [880, 660]
const TONE_S = 0.35
const SHAKE_MS = [200, 100, 200]
const SHAKE_URGENT_MS = [500, 150, 500, 150, 500]

let sound = null

export const armed = () => sound !== null

/** Called from a touch: only then may a page make a sound later. */
export function arm() {
  sound ??= new AudioContext()
  sound.resume()
  tone()
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission().catch(() => {})
}

export function remind(text, { urgent = false } = {}) {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(urgent ? SHAKE_URGENT_MS : SHAKE_MS) // before a touch it is not allowed
  if (!sound) return
  tone()
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return
  try { new Notification(text, { tag: "ticket" }) } catch { /* some phones allow notes only to installed pages */ }
}

function tone() {
  TONE_HZ.forEach((pitch, nth) => {
    const at = sound.currentTime + nth * TONE_S
    const volume = new GainNode(sound, { gain: 0 })
    volume.gain.setValueAtTime(0.4, at)
    volume.gain.exponentialRampToValueAtTime(0.001, at + TONE_S)
    const voice = new OscillatorNode(sound, { frequency: pitch })
    voice.connect(volume).connect(sound.destination)
    voice.start(at)
    voice.stop(at + TONE_S)
  })
}
